"""Logs as one line of JSON each, without personal data: no addresses, names, texts or queries."""

import json
import logging
import sys
import time

from flask import Flask, Response, g, request

from tracker.clock import now

logger = logging.getLogger("varvet")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            # The place, not the message: messages of database errors quote what people wrote.
            trace = record.exc_info[2]
            frames = []
            while trace is not None:
                code = trace.tb_frame.f_code
                frames.append(
                    f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}"
                )
                trace = trace.tb_next
            line["error"] = record.exc_info[0].__name__
            line["trace"] = frames[-12:]
        return json.dumps(line, ensure_ascii=False)


def log(event: str, level: int = logging.INFO, *, exc_info: bool = False, **facts: object) -> None:
    """Write one line. `facts` hold ids, counts and durations; never what a person wrote or is called."""
    logger.log(level, event, extra={"facts": facts}, exc_info=exc_info)


def init_app(app: Flask) -> None:
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = app.testing
    app.logger.handlers[:] = logger.handlers
    app.logger.propagate = False

    @app.before_request
    def _started() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _finished(response: Response) -> Response:
        if request.endpoint not in ("start.healthz", "start.readyz"):
            log(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
            )
        return response
