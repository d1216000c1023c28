using System.Net;

namespace Tocsin.Channels.Tests;

public sealed class SsrfGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("168.63.129.16")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1::")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Addresses_of_the_inside_are_refused(string address) =>
        new SsrfGuard([]).Refusal(IPAddress.Parse(address)).ShouldNotBeNull().ShouldContain("network.allow");

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    public void Their_public_neighbours_are_not(string address) => new SsrfGuard([]).Refusal(IPAddress.Parse(address)).ShouldBeNull();

    [Fact]
    public void The_allow_list_opens_exactly_its_network()
    {
        var guard = new SsrfGuard([IPNetwork.Parse("10.20.0.0/16"), IPNetwork.Parse("fd00:1::/32")]);
        foreach (string open in new[] { "10.20.0.0", "10.20.255.255", "::ffff:10.20.1.1", "fd00:1::5" })
            guard.Refusal(IPAddress.Parse(open)).ShouldBeNull(open);
        foreach (string closed in new[] { "10.19.255.255", "10.21.0.0", "127.0.0.1", "fd00:2::5", "::1" })
            guard.Refusal(IPAddress.Parse(closed)).ShouldNotBeNull(closed);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    public async Task No_way_to_write_this_machine_gets_through(string pattern)
    {
        await using var receiver = await Receiver.Start(_ => Task.CompletedTask);
        using var context = new ChannelContext(TimeProvider.System, [], new ChannelRules());
        using Channel channel = Receiver.Webhook(context, string.Format(pattern, receiver.Port));
        SendResult result = await channel.Send(Some.News(Some.Slow()), TestContext.Current.CancellationToken);
        result.ShouldBeOfType<SendResult.Rejected>().Reason.ShouldContain("network.allow");
        receiver.Requests.ShouldBeEmpty();
    }
}
