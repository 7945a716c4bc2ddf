"""The route by which a kept file is downloaded."""

from __future__ import annotations

import re
from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import PathParameter

from hub.kernel import files
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.texts import Id
from hub.kernel.db import Database
from hub.kernel.errors import NotFound
from hub.kernel.sealing import KeyRing

Kind = Annotated[str, PathParameter(schema_extra={"pattern": files.KIND.pattern})]
Digest = Annotated[str, PathParameter(schema_extra={"pattern": files.DIGEST.pattern})]


@get(
    "/files/{kind:str}/{digest:str}",
    opt=allow(Access.READ),
    operation_id="download_file",
    responses={200: ResponseSpec(bytes, media_type="*/*", generate_examples=False, description="The file.")},
    sync_to_thread=True,
)
def download_file(
    database: NamedDependency[Database], ring: NamedDependency[KeyRing], merchant_id: Id, kind: Kind, digest: Digest
) -> Response[bytes]:
    """Download a file that a notice or another record links to, as long as it is kept."""
    if not (re.fullmatch(files.KIND, kind) and re.fullmatch(files.DIGEST, digest)):
        raise NotFound("file")
    with database.reading() as db:
        found = files.get(db, ring, digest, merchant_id=merchant_id, kind=kind)
    # The name is ours, and a browser saves the file: nothing in it is ever shown as a page of the hub.
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Cache-Control": "private, no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


router = Router("/v1/merchants/{merchant_id:str}", route_handlers=[download_file], tags=["files"])
