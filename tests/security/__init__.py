"""What an attacker would try, thing by thing; SECURITY.md says which threat each test stands against."""
