using System.Security.Cryptography;
using System.Text;

namespace Tocsin.Channels.Tests;

public sealed class StandardSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public void The_example_of_the_specification_comes_out()
    {
        var signature = new StandardSignature([StandardSignature.ParseSecret(Secret)!]);
        var headers = signature.Headers("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"u8);
        headers.ShouldBe(
        [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ]);
    }

    [Fact]
    public void It_is_the_HMAC_as_defined()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32), body = RandomNumberGenerator.GetBytes(5000);
        string actual = new StandardSignature([key]).Headers("ntf_1", Some.Time, body)[2].Value;
        actual.ShouldBe("v1," + Convert.ToBase64String(Hmac(key, [.. Encoding.ASCII.GetBytes("ntf_1.1767323045."), .. body])));
    }

    [Fact]
    public void While_the_secret_changes_both_signatures_are_sent_and_without_one_none()
    {
        byte[] old = RandomNumberGenerator.GetBytes(24), young = RandomNumberGenerator.GetBytes(24);
        string both = new StandardSignature([young, old]).Headers("a", Some.Time, "{}"u8)[2].Value;
        both.Split(' ').Length.ShouldBe(2);
        both.Split(' ')[1].ShouldBe(new StandardSignature([old]).Headers("a", Some.Time, "{}"u8)[2].Value);
        new StandardSignature([]).Headers("a", Some.Time, "{}"u8).Select(h => h.Name).ShouldBe(["webhook-id", "webhook-timestamp"]);
    }

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsec_AAAA")]
    public void What_is_no_secret_is_refused(string text) => StandardSignature.ParseSecret(text).ShouldBeNull();

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_bytes(int length, bool fine) =>
        (StandardSignature.ParseSecret("whsec_" + Convert.ToBase64String(new byte[length])) is not null).ShouldBe(fine);

    /// <summary>RFC 2104, written out.</summary>
    private static byte[] Hmac(byte[] key, byte[] message)
    {
        byte[] padded = [.. key, .. new byte[64 - key.Length]];
        byte[] inner = SHA256.HashData([.. padded.Select(b => (byte)(b ^ 0x36)), .. message]);
        return SHA256.HashData([.. padded.Select(b => (byte)(b ^ 0x5c)), .. inner]);
    }
}
