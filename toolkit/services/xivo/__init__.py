"""XiVO and Wazo: tokens, every resource of confd, paging that loses no row, errors that explain."""
