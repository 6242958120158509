"""What the bot remembers: tasks in SQL, files in folders or buckets."""
