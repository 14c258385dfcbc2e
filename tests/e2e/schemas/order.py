"""Prints the JSON Schema of an order, as Pydantic exports it; the arguments are those of `order.mjs`."""

import json
import sys
from enum import Enum
from typing import Annotated, Any, Optional

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, create_model

changes = sys.argv[1:]


class Status(str, Enum):
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class Address(BaseModel):
    street: str
    city: str


class Item(BaseModel):
    title: str
    quantity: Annotated[int, Field(ge=1, le=99)]
    price: Annotated[float, Field(ge=0)]


Number = str if "--free-text" in changes else Annotated[str, Field(pattern=r"^[A-Z0-9-]{4,12}$")]

fields: dict[str, Any] = {
    "order_number": Number,
    "tracking_url": HttpUrl,
    "status": Status,
    "note": Optional[str],
    "items": Annotated[list[Item], Field(min_length=1)],
    "address": Address,
}

# A field with a default need not be sent; Pydantic validates no defaults.
definitions: dict[str, Any] = {name: (kind, None if name in changes else ...) for name, kind in fields.items()}
Order = create_model("Order", __config__=ConfigDict(extra="forbid"), **definitions)
print(json.dumps(Order.model_json_schema(), indent=2))
