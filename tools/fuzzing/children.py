# SPDX-License-Identifier: Apache-2.0
"""Processes that end when we do."""

import ctypes
import os
import signal
import subprocess
import threading

_LIBC = ctypes.CDLL(None)  # Loaded before any fork.


def _die_with_parent():
    pr_set_pdeathsig = 1  # <sys/prctl.h>
    _LIBC.prctl(pr_set_pdeathsig, signal.SIGTERM)


class Children:
    """Processes that end when we do."""

    def __init__(self):
        self._lock = threading.RLock()  # A signal may come while it is held.
        self._running = set()
        self.stopped = False

    def run(self, command, env, log, seconds):
        """Runs a command; returns its exit code, None where it took too long or we end."""
        with self._lock:
            if self.stopped:
                return None
            process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
            self._running.add(process)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill(process)
            process.wait()
            return None
        finally:
            with self._lock:
                self._running.discard(process)

    def stop(self):
        """Ends all of them, and lets no other start."""
        with self._lock:
            self.stopped = True
            for process in self._running:
                self._kill(process)

    @staticmethod
    def _kill(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
