"""Mutations change the sandbox's shop as Shopify's would, dangers included, and refuse in its words."""

from typing import Any

import pytest
from hub_shopify.sandbox import ShopifySandbox

SET = """
mutation Set($identifier: ProductSetIdentifiers, $input: ProductSetInput!, $sync: Boolean!) {
  productSet(identifier: $identifier, input: $input, synchronous: $sync) {
    product { id handle status variants(first: 250) { nodes { id sku title price inventoryItem { id tracked } } } }
    productSetOperation { id status product { id } userErrors { message code } }
    userErrors { field message code }
  }
}
"""
ADD = """
mutation Add($id: ID!, $variants: [ProductVariantsBulkInput!]!, $strategy: ProductVariantsBulkCreateStrategy) {
  productVariantsBulkCreate(productId: $id, variants: $variants, strategy: $strategy) {
    product { variants(first: 250) { nodes { title } } }
    productVariants { id sku price inventoryQuantity }
    userErrors { field message code }
  }
}
"""
CHANGE = """
mutation Change($id: ID!, $variants: [ProductVariantsBulkInput!]!, $partial: Boolean!) {
  productVariantsBulkUpdate(productId: $id, variants: $variants, allowPartialUpdates: $partial) {
    productVariants { id sku price }
    userErrors { field message code }
  }
}
"""
DEFINE = """
mutation Define($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition { id key type { name } }
    userErrors { field message code }
  }
}
"""
FIND = """
query Find($identifier: ProductIdentifierInput!) {
  productByIdentifier(identifier: $identifier) { id title status variantsCount { count } }
}
"""
KEY = {"namespace": "hub", "key": "product_key"}
DEFINITION = {**KEY, "name": "Key", "ownerType": "PRODUCT", "type": "id"}
_UNKNOWN_OPTION = "OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS"
Json = dict[str, Any]  # Any: JSON


def a_product(*colours: str, **more: object) -> Json:
    """An input with one variant a colour."""
    return {
        "title": "Kaos Baru",
        "productOptions": [{"name": "Warna", "values": [{"name": colour} for colour in colours]}],
        "variants": [
            {"sku": f"KAOS-{colour}", "price": "10.5", "optionValues": [{"optionName": "Warna", "name": colour}]}
            for colour in colours
        ],
    } | more


def keyed(value: str) -> Json:
    return {"metafields": [{**KEY, "type": "id", "value": value}]}


def put(sandbox: ShopifySandbox, given: Json, *, sync: bool = True, **identifier: object) -> Json:
    answer = sandbox.ask(SET, input=given, sync=sync, identifier=identifier or None)
    told: Json = answer["data"]["productSet"]
    return told


def made(sandbox: ShopifySandbox, given: Json, **identifier: Any) -> Json:  # Any: one of three identifiers
    told = put(sandbox, given, **identifier)
    assert told["userErrors"] == []
    product: Json = told["product"]
    return product


def test_a_new_product_has_what_was_given_and_is_untracked_unless_told() -> None:
    sandbox = ShopifySandbox()

    product = made(sandbox, a_product("Hitam", "Putih", status="DRAFT"))

    assert (product["handle"], product["status"]) == ("kaos-baru", "DRAFT")
    assert [(each["sku"], each["title"], each["price"]) for each in product["variants"]["nodes"]] == [
        ("KAOS-Hitam", "Hitam", "10.50"),
        ("KAOS-Putih", "Putih", "10.50"),
    ]
    assert [each["inventoryItem"]["tracked"] for each in product["variants"]["nodes"]] == [False, False]
    assert len(list(sandbox.variants())) == 102


def test_a_variant_that_the_list_leaves_out_is_deleted() -> None:
    sandbox = ShopifySandbox()
    product = made(sandbox, a_product("Hitam", "Putih"))
    kept = product["variants"]["nodes"][0]["id"]
    given = a_product("Hitam")
    given["variants"][0]["id"] = kept

    after = made(sandbox, given, id=product["id"])

    assert [each["id"] for each in after["variants"]["nodes"]] == [kept]
    assert "KAOS-Putih" not in {variant.sku for variant in sandbox.variants()}


def test_lists_that_are_not_given_stay() -> None:
    sandbox = ShopifySandbox()
    product = made(sandbox, a_product("Hitam", "Putih"))

    after = made(sandbox, {"title": "Kaos Lama"}, id=product["id"])

    assert after["variants"]["nodes"] == product["variants"]["nodes"]


def test_a_custom_id_needs_a_definition_of_its_type_and_then_names_one_product() -> None:
    sandbox = ShopifySandbox()
    custom = {"customId": {**KEY, "value": "0190"}}

    without = sandbox.ask(FIND, identifier=custom)
    defined = sandbox.ask(DEFINE, definition=DEFINITION)["data"]["metafieldDefinitionCreate"]
    again = sandbox.ask(DEFINE, definition=DEFINITION)["data"]["metafieldDefinitionCreate"]
    nothing = sandbox.ask(FIND, identifier=custom)
    first = made(sandbox, a_product("Hitam") | keyed("0190"), **custom)
    second = made(sandbox, a_product("Hitam", "Putih") | keyed("0190"), **custom)

    assert without["errors"][0]["message"] == "Metafield definition of type 'id' is required when using custom ids."
    assert without["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert defined["createdDefinition"]["type"] == {"name": "id"}
    assert again["userErrors"] == [
        {
            "field": ["definition", "key"],
            "message": "Key is in use for Product metafields on the 'hub' namespace.",
            "code": "TAKEN",
        }
    ]
    assert nothing["data"] == {"productByIdentifier": None}
    assert first["id"] == second["id"]
    assert sandbox.ask(FIND, identifier=custom)["data"]["productByIdentifier"]["variantsCount"] == {"count": 2}


def test_a_metafield_is_of_a_type_that_there_is() -> None:
    sandbox = ShopifySandbox()
    odd = a_product("Hitam") | {"metafields": [{**KEY, "type": "idd", "value": "0190"}]}

    (refused,) = sandbox.ask(DEFINE, definition={**DEFINITION, "type": "idd"})["data"]["metafieldDefinitionCreate"][
        "userErrors"
    ]
    written = sandbox.ask(SET, input=odd, sync=True)["data"]["productSet"]
    taken = sandbox.ask(DEFINE, definition={**DEFINITION, "type": "list.number_integer"})

    assert (refused["field"], refused["code"]) == (["definition", "type"], "INCLUSION")
    assert refused["message"].startswith("Type name idd is not a valid type. Valid types are: boolean, id, ")
    assert [error["field"] for error in written["userErrors"]] == [["input", "metafields", "0", "type"]]
    assert taken["data"]["metafieldDefinitionCreate"]["userErrors"] == []


def test_a_custom_id_belongs_to_one_product_and_must_be_carried_by_a_new_one() -> None:
    sandbox = ShopifySandbox()
    sandbox.ask(DEFINE, definition=DEFINITION)
    made(sandbox, a_product("Hitam") | keyed("0190"))

    taken = put(sandbox, a_product("Putih") | keyed("0190"))
    bare = put(sandbox, a_product("Putih"), customId={**KEY, "value": "0191"})

    assert [(each["field"], each["code"]) for each in taken["userErrors"]] == [
        (["input", "metafields", "0", "value"], "CAPABILITY_VIOLATION")
    ]
    assert [each["code"] for each in bare["userErrors"]] == ["METAFIELD_MISMATCH"]


def test_without_waiting_there_is_an_operation_to_ask() -> None:
    sandbox = ShopifySandbox()

    told = put(sandbox, a_product("Hitam"), sync=False)
    operation = told["productSetOperation"]
    done = sandbox.ask(
        "query Done($id: ID!) { productOperation(id: $id) { status product { title } } }", id=operation["id"]
    )

    assert told["product"] is None
    assert (operation["status"], operation["product"], operation["userErrors"]) == ("CREATED", None, [])
    assert done["data"]["productOperation"] == {"status": "COMPLETE", "product": {"title": "Kaos Baru"}}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        pytest.param({}, [(["input", "title"], "INVALID_INPUT")], id="no title"),
        pytest.param({"title": "k" * 256}, [(["input", "title"], "INVALID_INPUT")], id="a title too long"),
        pytest.param(
            {**a_product("Hitam"), "productOptions": None},
            [(["input", "variants"], "PRODUCT_OPTIONS_INPUT_MISSING")],
            id="variants without options",
        ),
        pytest.param(
            {**a_product("Hitam"), "variants": None},
            [(["input", "variants"], "VARIANTS_INPUT_MISSING")],
            id="options without variants",
        ),
        pytest.param(
            a_product("Hitam", "Putih", "Hitam"),
            [(["input", "productOptions", "0"], "DUPLICATED_OPTION_VALUE")],
            id="a value twice",
        ),
        pytest.param(
            a_product("Hitam") | {"productOptions": [{"name": "Warna", "values": [{"name": "Putih"}]}]},
            [(["input", "variants", "0"], "OPTION_VALUE_DOES_NOT_EXIST")],
            id="a value that the options lack",
        ),
        pytest.param(
            a_product("Hitam") | {"variants": a_product("Hitam")["variants"] * 2},
            [(["input", "variants", "1"], "INVALID_VARIANT")],
            id="the same variant twice",
        ),
        pytest.param(
            a_product("Hitam") | {"variants": [{**a_product("Hitam")["variants"][0], "price": "-1"}]},
            [(["input", "variants", "0", "price"], "INVALID_VARIANT")],
            id="a price below zero",
        ),
        pytest.param(
            {"title": "Kaos", "productOptions": [{"name": str(at), "values": [{"name": "x"}]} for at in range(4)]}
            | {"variants": [{"optionValues": []}]},
            [(["input", "productOptions"], "OPTIONS_OVER_LIMIT")],
            id="four options",
        ),
    ],
)
def test_what_is_refused_changes_nothing(given: Json, errors: list[tuple[list[str], str]]) -> None:
    sandbox = ShopifySandbox()

    told = put(sandbox, given)

    assert told["product"] is None
    assert [(each["field"], each["code"]) for each in told["userErrors"]] == errors
    assert len(list(sandbox.variants())) == 100


def test_an_id_beside_an_identifier_is_refused_as_recorded() -> None:
    given = {"id": "gid://shopify/Product/999999999999", "title": "Kaos", "handle": "kaos"}

    told = put(ShopifySandbox(), given, handle="kaos")

    assert told["userErrors"] == [
        {
            "field": ["input"],
            "message": "The id field is not allowed if identifier is provided.",
            "code": "ID_NOT_ALLOWED",
        }
    ]


def test_a_handle_is_free_or_refused_and_one_from_a_title_gets_a_number() -> None:
    sandbox = ShopifySandbox()

    first, second = made(sandbox, {"title": "Kaos Baru"}), made(sandbox, {"title": "Kaos Baru"})
    third = put(sandbox, {"title": "Topi", "handle": "kaos-baru"})

    assert (first["handle"], second["handle"]) == ("kaos-baru", "kaos-baru-1")
    assert [each["code"] for each in third["userErrors"]] == ["HANDLE_NOT_UNIQUE"]


def test_adding_variants_deletes_a_lone_default_one_unless_told_otherwise() -> None:
    sandbox = ShopifySandbox()
    lone, kept = made(sandbox, {"title": "Kaos"}), made(sandbox, {"title": "Topi"})
    variants = [{"price": "5", "inventoryItem": {"sku": "X"}, "optionValues": [{"optionName": "Title", "name": "XL"}]}]

    default = sandbox.ask(ADD, id=lone["id"], variants=variants)["data"]["productVariantsBulkCreate"]
    preserved = sandbox.ask(ADD, id=kept["id"], variants=variants, strategy="PRESERVE_STANDALONE_VARIANT")

    titles = [each["title"] for each in default["product"]["variants"]["nodes"]]
    both = preserved["data"]["productVariantsBulkCreate"]["product"]["variants"]["nodes"]
    assert titles == ["XL"]
    assert [each["title"] for each in both] == ["Default Title", "XL"]
    assert [(each["sku"], each["price"]) for each in default["productVariants"]] == [("X", "5.00")]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        pytest.param([{"optionName": "Warna", "name": "Hitam"}], "VARIANT_ALREADY_EXISTS", id="one that is there"),
        pytest.param([], "NEED_TO_ADD_OPTION_VALUES", id="no choice"),
        pytest.param([{"optionName": "Ukuran", "name": "XL"}], _UNKNOWN_OPTION, id="an unknown option"),
    ],
)
def test_a_variant_that_cannot_be_added_is_refused(chosen: list[Json], code: str) -> None:
    sandbox = ShopifySandbox()
    product = made(sandbox, a_product("Hitam"))

    answer = sandbox.ask(ADD, id=product["id"], variants=[{"optionValues": chosen}])["data"]

    assert [each["code"] for each in answer["productVariantsBulkCreate"]["userErrors"]] == [code]


def test_stock_comes_with_a_new_variant_and_never_with_an_old_one() -> None:
    sandbox = ShopifySandbox()
    product = made(sandbox, a_product("Hitam"))
    place = sandbox.ask("query L { locations(first: 1) { nodes { id } } }")["data"]["locations"]["nodes"][0]["id"]
    stock = {"inventoryQuantities": [{"locationId": place, "availableQuantity": 7}]}
    new = stock | {"optionValues": [{"optionName": "Warna", "name": "Putih"}]}
    old = stock | {"id": product["variants"]["nodes"][0]["id"]}

    added = sandbox.ask(ADD, id=product["id"], variants=[new])["data"]["productVariantsBulkCreate"]
    refused = sandbox.ask(CHANGE, id=product["id"], variants=[old], partial=False)["data"]["productVariantsBulkUpdate"]

    assert [each["inventoryQuantity"] for each in added["productVariants"]] == [7]
    assert [each["code"] for each in refused["userErrors"]] == ["NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE"]


@pytest.mark.parametrize(("partial", "price"), [(True, "9.99"), (False, "10.50")])
def test_variants_change_together_unless_parts_are_allowed(partial: bool, price: str) -> None:
    sandbox = ShopifySandbox()
    product = made(sandbox, a_product("Hitam", "Putih"))
    good, bad = (each["id"] for each in product["variants"]["nodes"])
    variants = [{"id": good, "price": "9.99", "inventoryItem": {"sku": "NEW"}}, {"id": bad, "price": "-1.00"}]

    told = sandbox.ask(CHANGE, id=product["id"], variants=variants, partial=partial)["data"]

    assert told["productVariantsBulkUpdate"]["userErrors"] == [
        {
            "field": ["variants", "1", "price"],
            "message": "Price must be greater than or equal to 0",
            "code": "GREATER_THAN_OR_EQUAL_TO",
        }
    ]
    prices = {f"gid://shopify/ProductVariant/{each.id}": each.price for each in sandbox.variants()}
    assert (prices[good], prices[bad]) == (price, "10.50")


@pytest.mark.parametrize(
    ("product", "variant", "code"),
    [
        pytest.param("gid://shopify/Product/1", {}, "PRODUCT_DOES_NOT_EXIST", id="no such product"),
        pytest.param("", {"price": "1"}, "PRODUCT_VARIANT_ID_MISSING", id="no id"),
        pytest.param("", {"id": "gid://shopify/ProductVariant/1"}, "PRODUCT_VARIANT_DOES_NOT_EXIST", id="a stranger"),
    ],
)
def test_a_variant_that_is_not_there_is_refused(product: str, variant: Json, code: str) -> None:
    sandbox = ShopifySandbox()
    known = made(sandbox, a_product("Hitam"))["id"]

    told = sandbox.ask(CHANGE, id=product or known, variants=[variant], partial=False)["data"]

    assert [each["code"] for each in told["productVariantsBulkUpdate"]["userErrors"]] == [code]


def test_a_product_update_writes_what_is_given_adds_pictures_and_keeps_the_rest() -> None:
    sandbox = ShopifySandbox()
    product = made(sandbox, a_product("Hitam") | {"files": [{"originalSource": "https://cdn.example/1.jpg"}]})
    update = """
    mutation Update($product: ProductUpdateInput!, $media: [CreateMediaInput!]) {
      productUpdate(product: $product, media: $media) {
        product { title description mediaCount { count } variantsCount { count } }
        userErrors { field message }
      }
    }
    """
    given = {"id": product["id"], "descriptionHtml": "<p>Adem &amp; nyaman</p>"}
    picture = {"originalSource": "https://cdn.example/2.jpg", "mediaContentType": "IMAGE"}

    told = sandbox.ask(update, product=given, media=[picture])["data"]["productUpdate"]
    unknown = sandbox.ask(update, product={"id": "gid://shopify/Product/1"})["data"]["productUpdate"]

    assert told["product"] == {
        "title": "Kaos Baru",
        "description": "Adem & nyaman",
        "mediaCount": {"count": 2},
        "variantsCount": {"count": 1},
    }
    assert unknown["userErrors"] == [{"field": ["id"], "message": "Product does not exist"}]


def test_product_create_makes_the_first_variant_alone_and_wants_one_of_two_arguments() -> None:
    create = """
    mutation Create($product: ProductCreateInput) {
      productCreate(product: $product) {
        product { status variants(first: 5) { nodes { title } } options { values optionValues { name hasVariants } } }
        userErrors { field message }
      }
    }
    """
    sandbox = ShopifySandbox()
    options = [{"name": "Warna", "values": [{"name": "Hitam"}, {"name": "Putih"}]}]

    told = sandbox.ask(create, product={"title": "Kaos", "productOptions": options})["data"]["productCreate"]
    neither = sandbox.ask(create)

    assert told["product"]["variants"]["nodes"] == [{"title": "Hitam"}]
    assert told["product"]["options"][0]["values"] == ["Hitam"]
    assert [each["hasVariants"] for each in told["product"]["options"][0]["optionValues"]] == [True, False]
    assert neither["errors"][0]["message"] == (
        "productCreate must include exactly one of the following arguments: input, product."
    )
    assert neither["data"] == {"productCreate": None}


def test_an_active_product_is_not_seen_until_it_is_published() -> None:
    publish = """
    mutation Publish($id: ID!, $input: [PublicationInput!]!) {
      publishablePublish(id: $id, input: $input) { userErrors { field message } }
    }
    """
    address = "query Address($id: ID!) { product(id: $id) { status onlineStoreUrl } }"
    sandbox = ShopifySandbox()
    ref = made(sandbox, {"title": "Kaos"})["id"]
    channel = sandbox.ask("query P { publications(first: 5) { nodes { id } } }")["data"]["publications"]["nodes"][0]

    before = sandbox.ask(address, id=ref)["data"]["product"]
    told = sandbox.ask(publish, id=ref, input=[{"publicationId": channel["id"]}])["data"]["publishablePublish"]
    after = sandbox.ask(address, id=ref)["data"]["product"]
    wrong = sandbox.ask(publish, id=ref, input=[{"publicationId": "gid://shopify/Publication/9"}])["data"]

    assert before == {"status": "ACTIVE", "onlineStoreUrl": None}
    assert told["userErrors"] == []
    assert after["onlineStoreUrl"] == f"https://{sandbox.domain}/products/kaos"
    assert wrong["publishablePublish"]["userErrors"][0]["field"] == ["input", "0", "publicationId"]


def test_an_input_without_effect_here_is_refused_instead_of_ignored() -> None:
    answer = ShopifySandbox().ask(SET, input={"title": "Kaos", "seo": {"title": "x"}}, sync=True)

    assert answer["errors"][0]["message"] == "the sandbox refuses: seo of a product is not built"


def test_metafields_are_written_together_or_not_at_all() -> None:
    write = """
    mutation Write($fields: [MetafieldsSetInput!]!) {
      metafieldsSet(metafields: $fields) { metafields { key value } userErrors { field message code } }
    }
    """
    sandbox = ShopifySandbox()
    ref = made(sandbox, {"title": "Kaos"})["id"]
    field = {"namespace": "hub", "key": "bahan", "type": "single_line_text_field", "value": "katun"}
    stranger = {**field, "ownerId": "gid://shopify/Product/1"}

    refused = sandbox.ask(write, fields=[{**field, "ownerId": ref}, stranger])["data"]["metafieldsSet"]
    unwritten = sandbox.ask(
        'query M($id: ID!) { product(id: $id) { metafield(namespace: "hub", key: "bahan") { value } } }', id=ref
    )
    written = sandbox.ask(write, fields=[{**field, "ownerId": ref}])["data"]["metafieldsSet"]

    assert [each["field"] for each in refused["userErrors"]] == [["metafields", "1", "ownerId"]]
    assert unwritten["data"]["product"]["metafield"] is None
    assert written["metafields"] == [{"key": "bahan", "value": "katun"}]


def test_a_product_can_be_deleted_and_a_variant_unless_it_is_the_last() -> None:
    drop = """
    mutation Drop($id: ID!, $variants: [ID!]!) {
      productVariantsBulkDelete(productId: $id, variantsIds: $variants) { userErrors { code } }
    }
    """
    delete = "mutation D($id: ID!) { productDelete(input: {id: $id}) { deletedProductId userErrors { message } } }"
    sandbox = ShopifySandbox(size=20)
    product = made(sandbox, a_product("Hitam", "Putih"))
    first, second = (each["id"] for each in product["variants"]["nodes"])

    def dropped(*variants: str) -> list[str]:
        told = sandbox.ask(drop, id=product["id"], variants=variants)["data"]["productVariantsBulkDelete"]
        return [each["code"] for each in told["userErrors"]]

    assert dropped(first) == []
    assert dropped(first) == ["AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"]
    assert dropped(second) == ["CANNOT_DELETE_LAST_VARIANT"]
    assert sandbox.ask(delete, id=product["id"])["data"]["productDelete"]["deletedProductId"] == product["id"]
    assert sandbox.ask(delete, id=product["id"])["data"]["productDelete"]["deletedProductId"] is None
    assert len(list(sandbox.variants())) == 20
