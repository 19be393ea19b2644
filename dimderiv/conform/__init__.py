"""From letters to matrix notation: reorder and transpose until the shapes conform."""
