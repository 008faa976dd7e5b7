"""Every operation, called by everybody about everything: answers are those of the table, nobody else's."""
