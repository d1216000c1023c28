using Tocsin.Model.Alerts;

namespace Tocsin.Channels.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("pager", "url=https://x.example", "kind", "webhook, slack, email")]
    [InlineData("webhook", "", "url", "required")]
    [InlineData("webhook", "url=ftp://s3cret.example", "url", "http or https address is expected")]
    [InlineData("webhook", "url=s3cret", "url", "http or https address is expected")]
    [InlineData("webhook", "url=https://user:s3cret@x.example", "url", "without user name and password")]
    [InlineData("webhook", "url=https://x.example;secrets=whsec_s3cret", "secrets", "whsec_ followed by")]
    [InlineData("webhook", "url=https://x.example;bearer_token=s3cret with blanks", "bearer_token", "without blanks")]
    [InlineData("webhook", "url=https://x.example;colour=red", "colour", "unknown key; one of url, secrets")]
    [InlineData("webhook", "url=https://x.example;min_priority=URGENT", "min_priority", "LOW, MEDIUM, HIGH or CRITICAL is expected, found 'URGENT'")]
    [InlineData("webhook", "url=https://x.example;categories=DATABASE, 3", "categories", "found '3'")]
    [InlineData("webhook", "url=https://x.example;max_alerts=0", "max_alerts", "1 to 10000")]
    [InlineData("webhook", "url=https://x.example;window_minutes=ten", "window_minutes", "1 to 1440")]
    [InlineData("slack", "url=hooks.slack.com/s3cret", "url", "hooks.slack.com/services")]
    [InlineData("email", "from_addr=a@b.example;to_addrs=c@d.example", "host", "required")]
    [InlineData("email", "host=mail.example;to_addrs=c@d.example", "from_addr", "required")]
    [InlineData("email", "host=mail.example;from_addr=a@b.example", "to_addrs", "required")]
    [InlineData("email", "host=mail.example;from_addr=a@b.example,x@b.example;to_addrs=c@d.example", "from_addr", "found 2")]
    [InlineData("email", "host=mail.example;from_addr=nobody;to_addrs=c@d.example", "from_addr", "found 'nobody'")]
    [InlineData("email", "host=mail .example;from_addr=a@b.example;to_addrs=c@d.example", "host", "host name")]
    [InlineData("email", "host=mail.example;port=70000;from_addr=a@b.example;to_addrs=c@d.example", "port", "1 to 65535")]
    [InlineData("email", "host=mail.example;tls=maybe;from_addr=a@b.example;to_addrs=c@d.example", "tls", "starttls, implicit or none")]
    [InlineData("email", "host=mail.example;username=u;from_addr=a@b.example;to_addrs=c@d.example", "password", "go together")]
    [InlineData("email", "host=mail.example;password=s3cret;from_addr=a@b.example;to_addrs=c@d.example", "username", "go together")]
    [InlineData("email", "host=mail.example;tls=none;username=u;password=s3cret;from_addr=a@b.example;to_addrs=c@d.example", "tls", "clear")]
    [InlineData("email", "host=mail.example;ca_file=/nowhere/ca.pem;from_addr=a@b.example;to_addrs=c@d.example", "ca_file", "/nowhere/ca.pem")]
    public void An_error_names_the_key_and_what_was_expected_but_no_secret(string kind, string values, string key, string expected)
    {
        using ChannelContext context = Receiver.Context();
        ChannelSetup setup = ChannelKinds.Create(Settings(kind, values), context);
        setup.Channel.ShouldBeNull();
        SettingError error = setup.Errors.ShouldHaveSingleItem();
        error.Key.ShouldBe(key);
        error.Expected.ShouldContain(expected);
        error.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void All_errors_come_at_once()
    {
        using ChannelContext context = Receiver.Context();
        ChannelKinds.Create(Settings("email", "port=0;tls=x;colour=red"), context).Errors.Select(e => e.Key)
            .ShouldBe(["colour", "host", "from_addr", "to_addrs", "tls", "port"], ignoreOrder: true);
    }

    [Fact]
    public void Secrets_are_masked_for_peoples_eyes()
    {
        using ChannelContext context = Receiver.Context();
        ConfiguredChannel channel = ChannelKinds.Create(Settings("webhook",
            "url=https://hooks.example.com:8443/s3cret?t=s3cret;secrets=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw;bearer_token=s3cret;min_priority=high"),
            context).Channel!;
        channel.Masked.ShouldBe(new Dictionary<string, string>
        {
            ["url"] = "https://hooks.example.com:8443/•••", ["secrets"] = "•••", ["bearer_token"] = "•••", ["min_priority"] = "high",
        }, ignoreOrder: true);
        channel.Rules.MinPriority.ShouldBe(AlertPriority.High);
        channel.Channel.Dispose();
    }

    [Fact]
    public void Limits_come_from_the_channel_and_otherwise_from_all_channels()
    {
        using var context = new ChannelContext(TimeProvider.System, [], new ChannelRules { RateLimit = 9, RateWindow = TimeSpan.FromMinutes(2) });
        ChannelRules common = ChannelKinds.Create(Settings("slack", "url=https://x.example/y"), context).Channel!.Rules;
        (common.RateLimit, common.RateWindow, common.MinPriority).ShouldBe((9, TimeSpan.FromMinutes(2), AlertPriority.Low));
        ChannelRules own = ChannelKinds.Create(
            Settings("slack", "url=https://x.example/y;max_alerts=3;window_minutes=10;categories=database,SECURITY"), context).Channel!.Rules;
        (own.RateLimit, own.RateWindow).ShouldBe((3, TimeSpan.FromMinutes(10)));
        own.Categories.ShouldBe([AlertCategory.Database, AlertCategory.Security]);
        own.Wants(Some.Crash()).ShouldBeTrue();
        own.Wants(Some.Slow()).ShouldBeFalse();
    }

    private static ChannelSettings Settings(string kind, string values) => new("ops", kind, values
        .Split(';', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]));
}
