# SPDX-License-Identifier: Apache-2.0
"""A table in plain text: rows, columns, cells with numbered notes below."""


class Table:
    """Cells by row and column; columns and rows keep the order in which they came."""

    def __init__(self, title, corner, columns):
        self._title = title
        self._corner = corner
        self._columns = list(columns)
        self._rows = {}
        self._notes = []

    def put(self, row, column, text, note=""):
        """Sets a cell; equal notes share a number."""
        if note:
            if note not in self._notes:
                self._notes.append(note)
            text += " [%d]" % (self._notes.index(note) + 1)
        self._rows.setdefault(row, {})[column] = text

    def get(self, row, column):
        return self._rows.get(row, {}).get(column)

    def __bool__(self):
        return bool(self._rows)

    def render(self):
        """The table as text, without columns that hold nothing; "-" where a row has no cell."""
        used = [c for c in self._columns if any(c in cells for cells in self._rows.values())]
        lines = [[self._corner] + used]
        lines += [[row] + [cells.get(c, "-") for c in used] for row, cells in self._rows.items()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(used) + 1)]
        lines.insert(1, ["-" * width for width in widths])
        text = [self._title, ""] if self._title else []
        text += ["  ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip() for line in lines]
        text += [""] if self._notes else []
        text += ["[%d] %s" % (i, note) for i, note in enumerate(self._notes, 1)]
        return "\n".join(text) + "\n"
