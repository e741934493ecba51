# SPDX-License-Identifier: Apache-2.0
"""Where things are kept that outlive a checkout."""

import os
import pwd

from outcome import Refused


def environment():
    """The environment for Bazel: with a HOME, which it cannot do without."""
    env = dict(os.environ)
    if not env.get("HOME"):
        env["HOME"] = home()
    return env


def home():
    """HOME, else what the user data base says, else a folder of our own."""
    if os.environ.get("HOME"):
        return os.environ["HOME"]
    try:
        path = pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        path = ""
    if path and os.access(path, os.W_OK):
        return path
    path = os.path.join(os.environ.get("TMPDIR", "/var/tmp"), "hammerlock-%d" % os.geteuid())
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        # Anyone may have made it, and what is built there is run.
        if os.path.islink(path) or os.stat(path).st_uid != os.geteuid():
            raise Refused("HOME is not set and %s is somebody else's: set HOME" % path) from None
    except OSError as error:
        raise Refused("HOME is not set, nor can one be made (%s): set HOME" % error) from None
    return path


def cache():
    """The folder that outlives a checkout: Bazel's disk cache, and tools that apt does not have."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the specification says: ignore a relative one
        base = os.path.join(home(), ".cache")
    return os.path.join(base, "hammerlock")
