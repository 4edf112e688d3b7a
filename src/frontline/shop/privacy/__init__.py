"""What the shop holds about a member: handed out on request, erased on request."""
