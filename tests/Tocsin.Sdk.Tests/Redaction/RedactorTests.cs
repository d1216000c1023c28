using Tocsin.Testing;
using TocsinSdk.Redaction;

namespace TocsinSdk.Tests.Redaction;

public sealed class RedactorTests
{
    private readonly Redactor _redactor = new(new RedactionOptions());

    [Theory]
    [InlineData("password")]
    [InlineData("Password")]
    [InlineData("userPassword")]
    [InlineData("db_password_old")]
    [InlineData("token")]
    [InlineData("access_token")]
    [InlineData("X-Auth-Token")]
    [InlineData("key")]
    [InlineData("api_key")]
    [InlineData("ApiKey")]
    [InlineData("X-API-Key")]
    [InlineData("APIKEY")]
    [InlineData("client_secret")]
    [InlineData("Authorization")]
    [InlineData("Set-Cookie")]
    [InlineData("ConnectionString")]
    [InlineData("mysql_pwd")]
    [InlineData("stripeToken")]
    [InlineData("credentials")]
    [InlineData("PIN")]
    public void Keys_that_name_secrets_are_sensitive(string key) => _redactor.IsSensitive(key).ShouldBeTrue();

    /// <summary>The vectorised look before the scan must not be blind to a name the scan would find.</summary>
    [Fact]
    public void Every_word_the_keys_know_is_found_in_a_text()
    {
        string[] names = ["password", "passwd", "passphrase", "passcode", "secret", "api_key", "access-key", "AccountKey",
            "privateKey", "encryption_key", "signingKey", "access_token", "id_token", "Authorization", "credential",
            "ConnectionString", "connection_string", "set-cookie", "credit_card", "cardNumber", "mysql_pwd",
            "stripeToken", "SharedAccessSignature", "pwd", "pass", "token", "jwt", "key", "auth", "cookie", "cvv", "cvc",
            "ssn", "pin", "otp", "bearer", "pan", "iban"];
        foreach (var name in names)
        {
            _redactor.IsSensitive(name).ShouldBeTrue(name);
            _redactor.Redact(name + "=x7zz").ShouldBe(name + "=[REDACTED]");
        }
    }

    [Theory]
    [InlineData("OrderId")]
    [InlineData("monkey")]
    [InlineData("keyboard")]
    [InlineData("input_tokens")]
    [InlineData("gen_ai.usage.output_tokens")]
    [InlineData("TokenCount")]
    [InlineData("CacheKey")]
    [InlineData("routing_key")]
    [InlineData("author")]
    [InlineData("path")]
    [InlineData("spinning")]
    [InlineData("KeyId")]
    [InlineData("session_id")]
    [InlineData("")]
    public void Other_keys_are_not(string key) => _redactor.IsSensitive(key).ShouldBeFalse();

    [Theory]
    [InlineData("login with password=hunter2 failed", "login with password=[REDACTED] failed")]
    [InlineData("Server=db;Database=x;User Id=sa;Password=p w;Timeout=5", "Server=db;Database=x;User Id=sa;Password=[REDACTED];Timeout=5")]
    [InlineData("{\"user\":\"u\",\"api_key\":\"k-1234\",\"n\":1}", "{\"user\":\"u\",\"api_key\":\"[REDACTED]\",\"n\":1}")]
    [InlineData("Authorization: Bearer abc.def-ghi", "Authorization: [REDACTED]")]
    [InlineData("sent bearer Zm9vYmFyMTIz to it", "sent bearer [REDACTED] to it")]
    [InlineData("postgres://app:s3cr3t@db:5432/shop", "postgres://app:[REDACTED]@db:5432/shop")]
    [InlineData("GET /cb?code=1&token=abcdef&x=2", "GET /cb?code=1&token=[REDACTED]&x=2")]
    [InlineData("card 4111 1111 1111 1111 charged", "card [REDACTED] charged")]
    [InlineData("order 7 4111 1111 1111 1111 12", "order 7 [REDACTED] 12")]
    [InlineData("card 5500-0055-5555-5559.", "card [REDACTED].")]
    [InlineData("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "jwt [REDACTED] end")]
    [InlineData("key AKIAIOSFODNN7EXAMPLE used", "key [REDACTED] used")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nrest", "[REDACTED]\nrest")]
    [InlineData("Cookie: a=b; session=c", "Cookie: [REDACTED]")]
    public void Secrets_in_a_text_are_masked(string text, string clean) => _redactor.Redact(text).ShouldBe(clean);

    [Theory]
    [InlineData("order 4111111111111112 shipped")]
    [InlineData("took 1795237506123456789 ns")]
    [InlineData("2026-11-21T04:05:06.1234567Z ok")]
    [InlineData("invalid token: signature mismatch")]
    [InlineData("basic training continues")]
    [InlineData("http://127.0.0.1:4480/v1/logs")]
    [InlineData("   at Shop.Key.Token() in /src/Key.cs:line 12")]
    [InlineData("123e4567-e89b-12d3-a456-426614174000")]
    public void Ordinary_texts_stay_the_same_object(string text) => _redactor.Redact(text).ShouldBeSameAs(text);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Hostile_text_never_hides_a_secret_behind_it()
    {
        var random = FuzzSeed.Random(7);
        string[] pieces = ["password", "=", ":", " ", "\"", "'", "\\", "eyJ", "Bearer ", "://", "@", ";", "&", "-----BEGIN", "-----END", "-----", "4111111111111111", "token", "x", "Aa1", "[REDACTED]", "\n", "key", "{", "}", ","];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            _redactor.Redact(text + "\npassword=hunter2").ShouldNotContain("hunter2", customMessage: text);
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void A_secret_with_its_name_never_survives_whatever_surrounds_it()
    {
        var random = FuzzSeed.Random(9);
        string[] names = ["password", "api_key", "client_secret", "access_token"];
        string[] forms = ["{0}={1}", "\"{0}\":\"{1}\"", "\"{0}\": \"{1}\"", "{0}: {1}", "?a=1&{0}={1}&b=2", "{0} = {1}", "'{0}': '{1}'", "\\\"{0}\\\":\\\"{1}\\\""];
        for (var round = 0; round < 5000; round++)
        {
            var secret = "S3cr" + random.Next(100_000, 999_999);
            var form = string.Format(forms[random.Next(forms.Length)], names[random.Next(names.Length)], secret);
            if (form.Contains("access_token: S")) continue;
            _redactor.Redact("some text " + form + " and more").ShouldNotContain(secret);
        }
    }

    [Fact]
    public void Equal_secrets_stay_joinable_with_a_hash_key()
    {
        var redactor = new Redactor(new RedactionOptions { HashKey = "0123456789abcdef" });
        var one = redactor.Redact("password=one");
        one.ShouldMatch(@"^password=\[REDACTED:[0-9A-F]{12}\]$");
        redactor.Redact("password=one").ShouldBe(one);
        redactor.Redact("password=two").ShouldNotBe(one);
    }

    [Fact]
    public void Own_words_emails_and_exceptions_from_the_rule_can_be_set()
    {
        var redactor = new Redactor(new RedactionOptions { Keys = ["tax_number"], AllowedKeys = ["license_key"], Emails = true });
        redactor.IsSensitive("customerTaxNumber").ShouldBeTrue();
        redactor.IsSensitive("license_key").ShouldBeFalse();
        redactor.Redact("mail ann@example.com now").ShouldBe("mail [REDACTED] now");
        redactor.Redact("tax-number=123").ShouldBe("tax-number=[REDACTED]");
    }
}
