#!/bin/sh
# Submits a certificate to a Gubi door with nothing but openssl and curl: every step of signing, in the open.
#
#   ./submit.sh DOOR KEYID PRIVATE_KEY.pem PROGRAMME KIND CERTIFICATE.pdf WALLET_ADDRESS NAME BIRTH_DATE
#   ./submit.sh https://gubi.example toss-2027 toss.pem SONMOK9988_2022 EI_HIST history.pdf 1Sample… 김예시 1988-03-02
#
# Make a key, and give the operator its public half:
#   openssl genpkey -algorithm ed25519 -out toss.pem
#   openssl pkey -in toss.pem -pubout
#
# DOOR is the door's public address, as its /openapi.json names it under "servers". GUBI_CONNECT may name another
# address to connect to. IDEMPOTENCY_KEY is taken from the environment where it is there: send again with the same one.
set -eu

door=${1%/} keyid=$2 key=$3 programme=$4 kind=$5 certificate=$6 address=$7 name=$8 birth_date=$9
idempotency_key=${IDEMPOTENCY_KEY:-$(openssl rand -hex 16)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# 1. The body, byte for byte: what is hashed must be what is sent.
boundary=gubi-$(openssl rand -hex 8)
now=$(date +%s)
cat > "$folder/form.json" <<FORM
{"programme": "$programme",
 "holder": {"wallet_address": "$address", "name": "$name", "birth_date": "$birth_date"},
 "consent": {"third_party_provision": true, "at": "${CONSENTED_AT:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}"},
 "certificates": [{"part": "certificate-1", "kind": "$kind"}]}
FORM
{
  printf -- '--%s\r\nContent-Disposition: form-data; name="submission"\r\n' "$boundary"
  printf 'Content-Type: application/json\r\n\r\n'
  cat "$folder/form.json"
  printf -- '\r\n--%s\r\nContent-Disposition: form-data; name="certificate-1"; filename="certificate-1.pdf"\r\n' "$boundary"
  printf 'Content-Type: application/pdf\r\n\r\n'
  cat "$certificate"
  printf -- '\r\n--%s--\r\n' "$boundary"
} > "$folder/body"

# 2. Content-Digest (RFC 9530).
content_type="multipart/form-data; boundary=$boundary"
digest="sha-256=:$(openssl dgst -sha256 -binary "$folder/body" | openssl base64 -A):"

# 3. The signature base (RFC 9421, section 2.5): one line for each component, and the parameters at the end.
authority=${door#*://}
target="$door/v1/submissions"
covered='("@method" "@authority" "@target-uri" "content-digest" "content-type" "idempotency-key")'
params="$covered;created=$now;expires=$((now + 120));nonce=\"$(openssl rand -hex 16)\";keyid=\"$keyid\";tag=\"gubi\""
printf '%s\n' \
  '"@method": POST' \
  "\"@authority\": $authority" \
  "\"@target-uri\": $target" \
  "\"content-digest\": $digest" \
  "\"content-type\": $content_type" \
  "\"idempotency-key\": $idempotency_key" > "$folder/base"
printf '"@signature-params": %s' "$params" >> "$folder/base"  # no line end after the last

# 4. The signature. Ed25519 signs the base itself; ECDSA P-256 its SHA-256, and then DER becomes r and s, 32 bytes each.
if openssl pkey -in "$key" -noout -text | grep -qi ed25519; then
  openssl pkeyutl -sign -rawin -inkey "$key" -in "$folder/base" -out "$folder/signature"
else
  openssl dgst -sha256 -sign "$key" -out "$folder/der" "$folder/base"
  for number in $(openssl asn1parse -inform DER -in "$folder/der" | sed -n 's/.*INTEGER *:-*//p'); do
    printf '%64s' "$number" | tr ' ' 0
  done | sed 's/\(..\)/\\\\x\1/g' | xargs printf '%b' > "$folder/signature"
fi

# 5. Sent. 201: the receipt. 200: the receipt again. Anything else: a problem that says what to do.
curl --silent --show-error --write-out '\n%{http_code}\n' "${GUBI_CONNECT:-$door}/v1/submissions" \
  --data-binary "@$folder/body" \
  --header "Content-Type: $content_type" \
  --header "Content-Digest: $digest" \
  --header "Idempotency-Key: $idempotency_key" \
  --header "Signature-Input: gubi=$params" \
  --header "Signature: gubi=:$(openssl base64 -A -in "$folder/signature"):"
