using System.Net;
using System.Net.Sockets;
using System.Text;
using Tocsin.Testing;

namespace Tocsin.Channels.Tests.Smtp;

/// <summary>Servers that no library would give us: broken, hostile, or gone in the middle.</summary>
public sealed class SmtpConversationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("554 go away", "rejected")]
    [InlineData("421 too busy", "retry")]
    [InlineData("HTTP/1.1 400 Bad Request", "retry")]
    [InlineData("", "retry")]
    public async Task The_greeting_decides_first(string greeting, string outcome) =>
        Name(await Talk("none", greeting)).ShouldBe(outcome);

    [Fact]
    public async Task A_connection_lost_after_the_message_may_have_arrived() =>
        Name(await Talk("none", "220 hi", "250 hello", "250 ok", "250 ok", "354 go on")).ShouldBe("perhaps");

    [Fact]
    public async Task A_connection_lost_before_has_not() =>
        Name(await Talk("none", "220 hi", "250 hello", "250 ok", "250 ok")).ShouldBe("retry");

    [Fact]
    public async Task A_server_that_hangs_up_instead_of_saying_goodbye_has_taken_it() =>
        Name(await Talk("none", "220 hi", "250 hello", "250 ok", "250 ok", "354 go on", "250 taken")).ShouldBe("sent");

    [Fact]
    public async Task What_is_slipped_in_before_TLS_ends_the_conversation()
    {
        SendResult result = await Talk("starttls", "220 hi", "250-hello\r\n250 STARTTLS", "220 go\r\n250 AUTH PLAIN");
        result.ShouldBeOfType<SendResult.RetryLater>().Reason.ShouldContain("slipped in");
    }

    [Fact]
    public async Task A_reply_without_end_is_cut_off()
    {
        string endless = string.Join("\r\n", Enumerable.Repeat("250-more", 200));
        (await Talk("none", "220 hi", endless)).ShouldBeOfType<SendResult.RetryLater>().Reason.ShouldContain("more than 100 lines");
        (await Talk("none", "220 " + new string('x', 5000))).ShouldBeOfType<SendResult.RetryLater>().Reason.ShouldContain("longer than");
    }

    [Fact]
    public async Task Replies_are_read_whatever_the_pieces_they_come_in()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("250-mail.test grüßt\r\n250-SIZE 33554432\r\n250-AUTH PLAIN LOGIN\r\n250 HELP\r\n");
        SmtpReply reply = await new SmtpReplyReader(new Dribble(bytes)).Read(Cancel);
        (reply.Code, reply.IsGood, reply.Offers("size"), reply.Offers("STARTTLS")).ShouldBe((250, true, true, false));
        reply.Parameters("AUTH").ShouldBe(["PLAIN", "LOGIN"]);
        reply.Lines.Count.ShouldBe(4);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public async Task Damaged_replies_end_in_a_reply_or_in_a_broken_conversation()
    {
        var mutation = new Mutation(FuzzSeed.Of(5));
        byte[] whole = Encoding.ASCII.GetBytes("250-mail.test\r\n250-AUTH PLAIN\r\n250 HELP\r\n354 go\r\n");
        int read = 0, broken = 0;
        for (int i = 0; i < 5000; i++)
        {
            var reader = new SmtpReplyReader(new MemoryStream(mutation.Of(whole)));
            try
            {
                while (true)
                {
                    SmtpReply reply = await reader.Read(Cancel);
                    reply.Code.ShouldBeInRange(200, 599);
                    read++;
                }
            }
            catch (SmtpBrokenException)
            {
                broken++;
            }
        }
        (read > 1000, broken).ShouldBe((true, 5000));
    }

    /// <summary>Plays the lines, one for each thing the client says, then hangs up.</summary>
    private static async Task<SendResult> Talk(string tls, params string[] replies)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task server = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Cancel);
            NetworkStream stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            for (int i = 0; i < replies.Length; i++)
            {
                string? said = i == 0 ? "" : await reader.ReadLineAsync(Cancel);
                if (i > 0 && replies[i - 1].StartsWith("354", StringComparison.Ordinal))
                {
                    while (said is not (null or "."))
                        said = await reader.ReadLineAsync(Cancel);
                }
                await stream.WriteAsync(Encoding.UTF8.GetBytes(replies[i] + "\r\n"), Cancel);
            }
            // What the client says next is read, so that hanging up is not taken for a reset.
            for (string? line = ""; line is not (null or "." or "QUIT") && replies.Length > 4;)
                line = await reader.ReadLineAsync(Cancel);
        }, Cancel);
        using ChannelContext context = Receiver.Context();
        ChannelSetup setup = ChannelKinds.Create(new ChannelSettings("mail", "email", new Dictionary<string, string>
        {
            ["host"] = "127.0.0.1", ["port"] = $"{((IPEndPoint)listener.LocalEndpoint).Port}", ["tls"] = tls,
            ["from_addr"] = "a@example.com", ["to_addrs"] = "b@example.com",
        }), context);
        SendResult result = await setup.Channel!.Channel.Send(Some.News(Some.Slow()), Cancel);
        try
        {
            await server;
        }
        catch (IOException)
        {
            // The client hung up first, as it should on nonsense.
        }
        return result;
    }

    private static string Name(SendResult result) => result switch
    {
        SendResult.Sent => "sent",
        SendResult.RetryLater { MayHaveArrived: true } => "perhaps",
        SendResult.RetryLater => "retry",
        _ => "rejected",
    };

    /// <summary>One byte at a time.</summary>
    private sealed class Dribble(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
