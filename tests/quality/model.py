"""What a document is made of before it is written in a format: headings, paragraphs, tables of cells."""

class Heading:
    def __init__(self, text, level=1):
        self.text, self.level = text, level

class Para:
    def __init__(self, text):
        self.text = text

class Cell:
    """Lines of text; how many columns and rows it spans."""
    def __init__(self, text, columns=1, rows=1):
        self.lines = text if isinstance(text, list) else str(text).split("\n")
        self.columns, self.rows = columns, rows

class Table:
    """Rows of cells; a cell that spans rows is left out of the rows below."""
    def __init__(self, rows):
        self.rows = [[c if isinstance(c, Cell) else Cell(c) for c in row] for row in rows]
        self.columns = sum(c.columns for c in self.rows[0])

    def grid(self):
        """For each row: (cell or None, column, starts here) over all columns, with cells from above."""
        hanging, out = {}, []
        for row in self.rows:
            line, column, cells = [], 0, iter(row)
            while column < self.columns:
                if column in hanging and hanging[column][1] > 0:
                    cell, left = hanging[column]
                    hanging[column] = (cell, left - 1)
                    line.append((cell, column, False))
                    column += cell.columns
                    continue
                cell = next(cells)
                hanging[column] = (cell, cell.rows - 1)
                line.append((cell, column, True))
                column += cell.columns
            out.append(line)
        return out
