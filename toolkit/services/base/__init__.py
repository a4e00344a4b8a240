"""What the services share: tables of functions, asking a person, and driving a call."""
