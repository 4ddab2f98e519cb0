"""What the overview of a batch shows: its page, its workbook and the reports of districts."""
