"""The rules that a contract's properties and `quality` sections make."""

from collections.abc import Callable, Mapping
from pathlib import Path

from lakewright.errors import Location
from lakewright.spec.load import load
from lakewright.spec.values import Column, Rule

FILE = "contracts/silver/customer_changes.yaml"
CONTRACT = """\
    apiVersion: v3.0.2
    kind: DataContract
    id: changes
    version: 2.1.0
    description: {purpose: to show what a contract can say}
    schema:
      - name: customer_changes
        description: Every change of a customer
        customProperties:
          - {property: newColumn, value: quarantine}
          - {property: widerType, value: fail}
          - {property: costCentre, value: 7}
        quality:
          - {type: text, description: one row for each change}
          - type: custom
            engine: lakewright
            name: known-late
            implementation: "updated_at >= '2020-01-01' or country = 'DE'"
            severity: warning
            description: a change before the shop was opened
        properties:
          - name: customer_id
            logicalType: string
            description: of the shop, such as CUST-000001
            classification: restricted
            required: true
            primaryKey: true
            logicalTypeOptions: {minLength: 5, maxLength: 11, pattern: "^CUST-\\\\d+'?$"}
          - name: country
            logicalType: string
            enum: [{value: DE}, {value: "o'b"}]
            quality:
              - type: custom
                engine: lakewright
                name: upper
                implementation: "country = upper(country)"
          - name: updated_at
            logicalType: timestamp
            logicalTypeOptions: {minimum: "2000-01-01", exclusiveMaximum: "2100-01-01"}
    """


def test_a_contract_as_a_value(write: Callable[[Mapping[str, str]], Path], shop: Path) -> None:
    contract = load(write({FILE: CONTRACT}), environ={}).contracts["silver.customer_changes"]

    def at(line: int) -> Location:
        return Location(shop / FILE, line)

    assert (contract.version, contract.new_column, contract.wider_type) == (
        "2.1.0",
        "quarantine",
        "fail",
    )
    assert contract.columns == (
        Column(
            name="customer_id",
            type="string",
            description="of the shop, such as CUST-000001",
            classification="restricted",
            where=at(22),
        ),
        Column(name="country", type="string", where=at(29)),
        Column(name="updated_at", type="timestamp", where=at(37)),
    )
    customer, country, updated = ("customer_id",), ("country",), ("updated_at",)
    assert contract.rules == (
        Rule(
            name="required",
            condition="`customer_id` is not null",
            columns=customer,
            where=at(26),
        ),
        Rule(
            name="min-length",
            condition="`customer_id` is null or length(`customer_id`) >= 5",
            columns=customer,
            where=at(28),
        ),
        Rule(
            name="max-length",
            condition="`customer_id` is null or length(`customer_id`) <= 11",
            columns=customer,
            where=at(28),
        ),
        Rule(
            name="pattern",
            condition=r"`customer_id` is null or `customer_id` rlike '^CUST-\\d+\'?$'",
            columns=customer,
            where=at(28),
        ),
        Rule(
            name="enum",
            condition=r"`country` is null or `country` in ('DE', 'o\'b')",
            columns=country,
            where=at(31),
        ),
        Rule(
            name="upper",
            condition="country = upper(country)",
            columns=country,
            where=at(36),
        ),
        Rule(
            name="minimum",
            condition="`updated_at` is null or `updated_at` >= cast('2000-01-01' as timestamp)",
            columns=updated,
            where=at(39),
        ),
        Rule(
            name="exclusive-maximum",
            condition="`updated_at` is null or `updated_at` < cast('2100-01-01' as timestamp)",
            columns=updated,
            where=at(39),
        ),
        Rule(
            name="known-late",
            condition="updated_at >= '2020-01-01' or country = 'DE'",
            columns=("updated_at", "country"),
            severity="warn",
            message="a change before the shop was opened",
            where=at(18),
        ),
    )
