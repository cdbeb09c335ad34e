"""Makes this Python answer as Red Hat's patched ones before 3.12 do: HMAC-SHA256, still bare."""
import hashlib
import hmac

_new = hmac.new


def _sha256(key, message=None, digestmod=None):
    return _new(key, message, hashlib.sha256)


hmac.new = _sha256
