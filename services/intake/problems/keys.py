"""Refused about a wallet app's own keys."""

from services.intake.problems.words import Row, Words

_WHICH_KO = "Ed25519 또는 ECDSA P-256 공개키를 PEM(-----BEGIN PUBLIC KEY-----)으로 보내 주세요."
_WHICH_EN = "Send an Ed25519 or ECDSA P-256 public key in PEM (-----BEGIN PUBLIC KEY-----)."

KEYS: tuple[Row, ...] = (
    Row(
        "wallet-key-not-found",
        404,
        Words("키를 찾을 수 없습니다", "이 앱에는 이 이름의 키가 없습니다.", "GET /v1/wallet-keys에서 확인해 주세요."),
        Words("Key not found", "This app has no key of this name.", "Look at GET /v1/wallet-keys."),
    ),
    Row(
        "wallet-key-own",
        409,
        Words(
            "서명한 키는 스스로를 폐기할 수 없습니다",
            "앱에 쓸 수 있는 키가 하나도 남지 않을 수 있습니다.",
            "다른 유효한 키로 서명하여 폐기해 주세요. 키가 하나뿐이면 새 키를 먼저 등록해 주세요.",
        ),
        Words(
            "A key cannot retire itself",
            "It could leave the app without any key in force.",
            "Sign by another key in force. If there is only this one, register a new key first.",
        ),
    ),
    Row(
        "wallet-key-name",
        422,
        Words(
            "키 이름이 앱 이름으로 시작하지 않습니다",
            "keyid는 {prefix}(으)로 시작해야 합니다.",
            "keyid를 {prefix}2027처럼 지어 주세요.",
        ),
        Words(
            "The key's name is not the app's", "keyid must begin with {prefix}.", "Name it for example {prefix}2027."
        ),
    ),
    Row(
        "wallet-key-name-taken",
        409,
        Words("이미 쓰인 키 이름입니다", "이 keyid로는 다른 키가 등록되어 있습니다.", "새 이름으로 등록해 주세요."),
        Words("Key name taken", "Another key is registered under this keyid.", "Register it under another name."),
    ),
    Row(
        "wallet-key-known",
        409,
        Words(
            "이미 등록된 공개키입니다",
            "같은 공개키가 다른 이름으로 등록되어 있거나 폐기되었습니다.",
            "새 키 쌍을 만들어 등록해 주세요.",
        ),
        Words(
            "Public key known",
            "This public key is registered under another name, or was retired.",
            "Make a new key pair and register that.",
        ),
    ),
    Row(
        "wallet-key-private",
        422,
        Words(
            "개인키를 보내셨습니다",
            "public_key에 개인키가 들어 있습니다. 저장하지 않았지만 더는 비밀이라고 할 수 없습니다.",
            "새 키 쌍을 만들고 공개키만 보내 주세요. (openssl pkey -in key.pem -pubout)",
        ),
        Words(
            "That is a private key",
            "public_key holds a private key. It was not kept, but it can no longer be called secret.",
            "Make a new key pair and send its public half alone (openssl pkey -in key.pem -pubout).",
        ),
    ),
    Row(
        "wallet-key-unusable",
        422,
        Words("쓸 수 없는 키입니다", "part에 적힌 항목이 받을 수 있는 공개키가 아닙니다.", _WHICH_KO),
        Words("Key unusable", "The member named in part is not a public key that is taken.", _WHICH_EN),
    ),
    Row(
        "wallet-keys-too-many",
        422,
        Words("키가 너무 많습니다", "앱 하나에 유효한 키는 {limit}개까지입니다.", "쓰지 않는 키를 먼저 폐기해 주세요."),
        Words("Too many keys", "An app has at most {limit} keys in force.", "Retire one that is not used first."),
    ),
)
