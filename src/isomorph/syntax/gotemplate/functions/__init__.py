"""The functions of Helm's templates."""
