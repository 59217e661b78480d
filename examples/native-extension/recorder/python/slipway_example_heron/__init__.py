"""Records which functions a program calls."""

import sys

from ._native import Recorder, __version__

__all__ = ["Recorder", "__version__", "record"]


def record(function):
    """Calls a function and returns what it called, one line each, indented by depth."""
    recorder = Recorder()

    def watch(frame, event, _argument):
        if event == "call":
            recorder.enter(frame.f_code.co_name)
        elif event == "return":
            recorder.leave()

    sys.setprofile(watch)
    try:
        function()
    finally:
        sys.setprofile(None)
    return recorder.render()
