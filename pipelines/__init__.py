"""What happens to a page once it is read, and how a thread's rows are derived from its observations."""
