"""The files of Enedis's bulk orders and subscriptions, read into measures and documents."""
