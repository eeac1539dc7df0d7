"""The history of the tables, one file a change under `versions/`; may import alembic and sqlalchemy."""
