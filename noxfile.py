"""The chores: `nox -l` lists them, `nox` runs them all."""

import nox

nox.options.reuse_existing_virtualenvs = True


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format."""
    session.install("ruff>=0.12")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Tests, doctests and branch coverage."""
    session.install("-e", ".[test]", "pytest-cov>=6")
    session.run("pytest", "--cov", "--cov-report=term-missing:skip-covered", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documents and the examples say what is true, and become a site."""
    session.install("-e", ".[test,docs]")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", "build/site")
    files = (
        "test_readme.py",
        "test_site.py",
        "language/test_language_guide.py",
        "test_examples.py",
    )
    session.run("pytest", *(f"tests/{file}" for file in files))


@nox.session
def browser(session: nox.Session) -> None:
    """The page in Chromium, which is not installed here, nor its driver."""
    session.install("-e", ".[test,browser]")
    session.run("pytest", "-rs", "tests/browser")


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel is complete: installed somewhere else, it derives."""
    session.install("-e", ".[test]")
    session.run("pytest", "tests/test_wheel.py")
