"""The long soaks run only when they are asked for: `pytest -m soak`."""


def pytest_collection_modifyitems(config, items):
    if "soak" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
