"""The commands of ``apostil client``: what a person or a script says to a server, line by line."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from apostil.cli.failure import Failed, fail, on_one_line
from apostil.cli.output import write_json
from apostil.cli.password import PASSWORD_NEEDED, ask_password
from apostil.cli.watching import watch
from apostil.cli.wording import duration, files_named, plain, unused_name, when
from apostil.client import ApostilError, Client, Job

MOST_LISTED, MOST_SEARCHED = 20, 1000
ID_LENGTH = 36
WHOLE = "all"
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
Words = Sequence[str]


class Command(NamedTuple):
    """What can be said, how, and what it does."""

    call: str
    help: str


COMMANDS = {
    "submit": Command("submit [APPLICATION] FILE... [NAME=VALUE...]", "send files as one job"),
    "batch": Command("batch [APPLICATION] FILE... [NAME=VALUE...]", "make a job of each file"),
    "list": Command("list [STATUS]", "the newest jobs"),
    "status": Command("status [JOB]", "where a job stands"),
    "watch": Command("watch [JOB]", "show its progress until it ends"),
    "result": Command("result [JOB] [all]", "the main figures with their pages, or all of them"),
    "download": Command("download [JOB] [FILE]", "store the result as JSON"),
    "cancel": Command("cancel [JOB]", "end it"),
    "retry": Command("retry [JOB]", "go on with a failed one from where it failed"),
    "delete": Command("delete JOB", "remove it with all that only it uses"),
    "server": Command("server", "how the server is"),
    "help": Command("help", "this list"),
    "quit": Command("quit", "end; jobs go on without"),
}


class Asked(NamedTuple):
    """What is to be submitted."""

    application: str
    files: list[Path]
    parameters: dict[str, str]


OTHER_WORDS = {"exit": "quit", "ls": "list", "jobs": "list", "show": "result", "?": "help"}
_OF_A_JOB = ("status", "watch", "result", "download", "cancel", "retry", "delete")


class Dialogue:
    """Carries out commands one after the other. At a terminal (``is_talk``) it asks for what was
    left out and watches what was submitted; a script waits by saying ``watch``."""

    def __init__(
        self,
        client: Client,
        applications: Sequence[str],
        *,
        is_talk: bool,
        password: str | None = None,
    ) -> None:
        self._client = client
        self._password = password
        self._applications = [on_one_line(name) for name in applications]
        self._is_talk = is_talk
        self._out = Console(highlight=False, markup=False, emoji=False)
        self._err = Console(highlight=False, markup=False, emoji=False, stderr=True)
        self._last: str | None = None
        self._listed: list[str] = []
        self._is_over = False

    def greet(self) -> None:
        names = ", ".join(self._applications) or "none"
        self._say(f"Connected to {self._client.url}. Applications: {names}.")
        self._say("For example: submit report.pdf. The command help lists all, quit ends.")

    def completions(self, before: Words) -> Words:
        """The words that may follow."""
        if not before:
            return tuple(COMMANDS)
        if len(before) == 1 and before[0] in {"submit", "batch"}:
            return self._applications
        return self._listed if before[0] in _OF_A_JOB else ()

    def follow_commands(self, lines: Iterable[str]) -> bool:
        """Carry out every line until the last, or until ``quit``; whether all could be done."""
        is_well = True
        for line in lines:
            try:
                self._carry_out(shlex.split(line, comments=True))
            except (ApostilError, Failed) as error:
                is_well = self._complain(str(error))
            except OSError as error:
                where = f"{error.filename}: " if error.filename else ""
                is_well = self._complain(f"{where}{error.strerror or error}.")
            except ValueError as error:
                is_well = self._complain(f"That cannot be used: {error}")
            except EOFError:
                self._say("")  # a question was left without an answer
            if self._is_over:
                break
        return is_well

    def _carry_out(self, words: Words) -> None:
        if not words:
            return
        name = OTHER_WORDS.get(words[0], words[0])
        actions: dict[str, Callable[[Words], None]] = {
            "submit": self._submit,
            "batch": self._batch,
            "list": self._list,
            "status": self._status,
            "watch": lambda rest: self._watch(self._chosen(rest)),
            "result": self._result,
            "download": self._download,
            "cancel": self._cancel,
            "retry": self._retry,
            "delete": self._delete,
            "server": self._server,
            "help": self._help,
            "quit": self._quit,
        }
        if name not in actions:
            fail(f"There is no command {words[0]}; help lists those there are.")
        actions[name](words[1:])

    def _submit(self, words: Words) -> None:
        asked = self._asked("submit", words)
        job = self._client.submit(
            asked.application,
            asked.files,
            parameters=asked.parameters,
            password=self._password,
        )
        self._begun(job)
        if self._is_talk:
            self._watch(job)

    def _batch(self, words: Words) -> None:
        asked = self._asked("batch", words)
        batch = self._client.batch(
            asked.application,
            asked.files,
            parameters=asked.parameters,
            password=self._password,
        )
        for item in batch.items:
            self._begun(item.job)
        for refused in batch.failed:
            self._complain(f"{refused.name}: {refused.detail}")
        if batch.failed:
            fail(f"{len(batch.failed)} of {len(batch.failed) + len(batch.items)} were refused.")

    def _begun(self, job: Job) -> None:
        self._last = job.id
        before = "  (asked before)" if job.duplicate_of else ""
        self._say(f"{job.id}  {job.status:<9}  {job.names}{before}")

    def _list(self, words: Words) -> None:
        if words and words[0] not in STATUSES:
            fail(f"{words[0]} is no status; these are: {', '.join(STATUSES)}.")
        found = list(islice(self._client.jobs(status=words[:1]), MOST_LISTED + 1))
        self._listed = [job.id for job in found[:MOST_LISTED]]
        for number, job in enumerate(found[:MOST_LISTED], 1):
            place = f"{number:>3}  {when(job)}  " if self._is_talk else f"{job.id}  "
            self._say(f"{place}{job.status:<9}  {job.application:<12}  {job.names}")
        if not found:
            self._say("There are no such jobs." if words else "There are no jobs.")
        elif len(found) > MOST_LISTED:
            self._say("There are more; list failed shows only failed ones, for example.")

    def _status(self, words: Words) -> None:
        job = self._chosen(words)
        self._say(f"{job.id}  {job.status:<9}  {job.application}  {job.names}")
        if job.status == "queued" and job.place_in_queue:
            self._say(f"  {job.place_in_queue} before it")
        elif job.segment and not job.has_succeeded:
            at = job.segment
            count = f"{at.index} of {at.total}"
            self._say(f"  {job.progress:.0%}  {count}  {at.title}  {at.message}".rstrip())
        if job.error:
            self._say(f"  {job.error.detail}")
        if job.created_at:
            took = duration(job)
            self._say(f"  submitted {when(job)}" + (f", took {took}" if took else ""))

    def _watch(self, job: Job) -> None:
        """Until it ends; Ctrl-C ends only the watching."""
        while True:
            try:
                watch(self._client, job, self._out)
            except KeyboardInterrupt:
                if not self._is_talk:
                    raise
                self._say("The job goes on; watch shows it again, cancel ends it.")
                return
            job = self._client.job(job)
            if job.error is None or job.error.type != PASSWORD_NEEDED or not self._is_talk:
                break
            password = ask_password(on_one_line(job.error.detail))
            if not password:
                break
            job = self._client.retry(job, password=password)
        self._tell_end(job)

    def _tell_end(self, job: Job) -> None:
        if job.error is not None:
            help_ = " retry goes on from there." if job.error.retryable else ""
            fail(f"{job.error.detail}{help_}")
        if not job.has_succeeded or not self._is_talk:
            self._say(f"{job.id}  {job.status}")
            return
        again = "It was known already" if job.cached else f"Done in {duration(job)}"
        self._say(f"{again}. result shows it, download stores it; beside its document it is at")
        self._say(f"{self._client.url}/ui/jobs/{job.id}/result")

    def _result(self, words: Words) -> None:
        is_whole = bool(words) and words[-1] == WHOLE
        job = self._chosen(words[:-1] if is_whole else words)
        data = self._result_of(job)
        from apostil.cli.showing import show_result  # noqa: PLC0415 - half a second to load

        show_result(data, job.application, is_whole=is_whole)

    def _download(self, words: Words) -> None:
        is_file = bool(words) and (words[-1] == "-" or words[-1].endswith(".json"))
        job = self._chosen(words[:-1] if is_file else words)
        data = self._result_of(job)
        target = str(Path(words[-1]).expanduser()) if is_file else unused_name(job)
        write_json(data, target)
        if target != "-":
            self._say(f"Stored in {target}. apostil verify {target} FILE proves it again.")

    def _result_of(self, job: Job) -> bytes:
        if not job.has_ended:
            fail(f"The job is {job.status} ({job.progress:.0%}); watch waits for it.")
        return self._client.result_bytes(job)

    def _cancel(self, words: Words) -> None:
        job = self._client.cancel(self._chosen(words))
        self._say(f"{job.id}  {job.status}")

    def _retry(self, words: Words) -> None:
        job = self._client.retry(self._chosen(words), password=self._password)
        self._say(f"{job.id}  {job.status}")
        if self._is_talk:
            self._watch(job)

    def _delete(self, words: Words) -> None:
        if not words:
            fail("Say which job: delete JOB.")
        job = self._chosen(words)
        if self._is_talk and not self._agreed(f"Delete the job on {job.names} with its result?"):
            return
        gone = self._client.delete(job)
        self._last = None if self._last == job.id else self._last
        self._say(
            f"Deleted {gone.job}: {gone.events} events, {gone.attempts} attempts, "
            f"{len(gone.artifacts)} artifacts, {len(gone.documents)} documents."
        )

    def _server(self, words: Words) -> None:
        del words
        health = self._client.health()
        self._say(f"{self._client.url}  {health.status}  {health.detail or ''}".rstrip())
        for worker in self._client.workers():
            doing = f"works on {worker.job}" if worker.job else "waits for work"
            self._say(f"  {worker.id}  {doing if worker.is_alive else 'was not heard of lately'}")

    def _help(self, words: Words) -> None:
        del words
        width = max(len(command.call) for command in COMMANDS.values())
        for command in COMMANDS.values():
            self._say(f"  {command.call:<{width}}  {command.help}")
        self._say(
            "JOB is an id, its beginning, or a number of the list; without it the last one is meant."
        )

    def _quit(self, words: Words) -> None:
        del words
        self._is_over = True

    def _chosen(self, words: Words) -> Job:
        """The job that is meant; from then on it is the last one."""
        job = self._job(words[0]) if words else self._latest()
        self._last = job.id
        return job

    def _latest(self) -> Job:
        if self._last is not None:
            return self._client.job(self._last)
        newest = next(self._client.jobs(), None)
        if newest is None:
            fail("There are no jobs yet.")
        return newest

    def _job(self, word: str) -> Job:
        if word.isdigit() and 0 < int(word) <= len(self._listed):
            return self._client.job(self._listed[int(word) - 1])
        if len(word) >= ID_LENGTH:
            return self._client.job(word)
        newest = islice(self._client.jobs(), MOST_SEARCHED)
        found = [job for job in newest if job.id.startswith(word)]
        if not found:
            fail(f"There is no job {word}; list shows those there are.")
        if len(found) > 1:
            fail(f"{len(found)} jobs begin with {word}; say more of it.")
        return found[0]

    def _asked(self, name: str, words: Words) -> Asked:
        """What is to be submitted. A word with = is a parameter, unless there is such a file."""
        rest = list(words) or (self._questions() if self._is_talk else [])
        asked = Asked(self._application(rest), [], {})
        for word in rest:
            parameter, equals, value = word.partition("=")
            if equals and parameter.isidentifier() and not Path(word).exists():
                asked.parameters[parameter] = value
            else:
                asked.files.extend(files_named(word))
        if not asked.files:
            fail(f"Name a file: {COMMANDS[name].call}.")
        return asked

    def _application(self, words: list[str]) -> str:
        """Takes the application off the words; where there is but one it need not be said."""
        if words and words[0].replace("_", "-") in self._applications:
            return words.pop(0)
        known = ", ".join(self._applications) or "none"
        if len(self._applications) != 1:
            fail(f"Say first what the file is to be read as. Applications: {known}.")
        if words and not files_named(words[0])[0].exists():
            fail(f"{words[0]} is neither a file nor an application; applications: {known}.")
        return self._applications[0]

    def _questions(self) -> list[str]:
        """Asks for what the command needs."""
        if not self._applications:
            fail("The server has no application; apostil doctor says more.")
        words = []
        if len(self._applications) > 1:
            words.append(input(f"Application ({', '.join(self._applications)}): ").strip())
        chosen = words[0] if words else self._applications[0]
        words += shlex.split(input("File: "))
        for parameter in self._client.application(chosen).parameters:
            title = on_one_line(parameter.title or parameter.name)
            if value := input(f"{title} (empty for none): ").strip():
                words.append(f"{parameter.name}={value}")
        return [word for word in words if word]

    def _agreed(self, question: str) -> bool:
        return input(f"{on_one_line(question)} [y/N] ").strip().lower() in {"y", "yes"}

    def _say(self, line: str) -> None:
        """A line that steers no terminal: it may hold what a stranger's document says."""
        self._out.print(Text(plain(line)), soft_wrap=True)

    def _complain(self, sentence: str) -> bool:
        self._err.print(Text(on_one_line(sentence)), soft_wrap=True)
        return False
