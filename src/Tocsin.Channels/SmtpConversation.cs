using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Tocsin.Channels;

/// <summary>
/// One SMTP session (RFC 5321) that carries one message: connect, TLS, log in, hand over. Every step that can fail
/// answers with the server's own words.
/// </summary>
internal sealed class SmtpConversation(EmailSettings settings)
{
    private Stream _stream = Stream.Null;
    private SmtpReplyReader _replies = new(Stream.Null);
    private bool _handedOver;

    /// <param name="lines">The message, header and body, as CRLF-free lines of ASCII.</param>
    public async Task<SendResult> Deliver(
        string from, IReadOnlyList<string> to, IEnumerable<string> lines, CancellationToken cancel)
    {
        using var socket = new TcpClient { NoDelay = true };
        try
        {
            await socket.ConnectAsync(settings.Host, settings.Port, cancel).ConfigureAwait(false);
            Use(socket.GetStream());
            return await Session(from, to, lines, cancel).ConfigureAwait(false);
        }
        catch (SocketException broken)
        {
            return new SendResult.RetryLater($"no connection to {settings.Host}:{settings.Port}: {broken.SocketErrorCode}");
        }
        catch (System.Security.Authentication.AuthenticationException broken)
        {
            return new SendResult.RetryLater($"TLS with {settings.Host} failed: {Text.OneLine(broken.Message, 200)}");
        }
        catch (IOException broken)
        {
            return new SendResult.RetryLater(
                $"the conversation with {settings.Host} broke: {Text.OneLine(broken.Message, 200)}", MayHaveArrived: _handedOver);
        }
        finally
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>True once the whole message is on the wire: from then on a lost answer says nothing.</summary>
    public bool HandedOver => _handedOver;

    private async Task<SendResult> Session(
        string from, IReadOnlyList<string> to, IEnumerable<string> lines, CancellationToken cancel)
    {
        if (settings.Tls == EmailTls.Implicit)
            await Encrypt(cancel).ConfigureAwait(false);
        SmtpReply reply = await _replies.Read(cancel).ConfigureAwait(false);
        if (!reply.IsGood)
            return Refused("greeting", reply);
        (reply, SendResult? failed) = await Greet(cancel).ConfigureAwait(false);
        failed ??= settings.Username is null ? null : await LogIn(reply, cancel).ConfigureAwait(false);
        return failed ?? await HandOver(from, to, lines, cancel).ConfigureAwait(false);
    }

    private async Task<(SmtpReply Capabilities, SendResult? Failed)> Greet(CancellationToken cancel)
    {
        string hello = $"EHLO {settings.HelloName}";
        SmtpReply reply = await Ask(hello, cancel).ConfigureAwait(false);
        if (!reply.IsGood || settings.Tls != EmailTls.StartTls)
            return (reply, reply.IsGood ? null : Refused("EHLO", reply));
        // Going on in the clear is what somebody in the middle would want.
        if (!reply.Offers("STARTTLS"))
            return (reply, new SendResult.RetryLater($"{settings.Host} does not offer STARTTLS, which this channel requires"));
        reply = await Ask("STARTTLS", cancel).ConfigureAwait(false);
        if (!reply.IsGood)
            return (reply, Refused("STARTTLS", reply));
        if (_replies.HasSurplus)
            throw new SmtpBrokenException("something was slipped in before TLS began");
        await Encrypt(cancel).ConfigureAwait(false);
        reply = await Ask(hello, cancel).ConfigureAwait(false);
        return (reply, reply.IsGood ? null : Refused("EHLO", reply));
    }

    private async Task<SendResult?> LogIn(SmtpReply capabilities, CancellationToken cancel)
    {
        IReadOnlyList<string> mechanisms = capabilities.Parameters("AUTH");
        string user = settings.Username!, password = settings.Password ?? "";
        SmtpReply reply;
        if (mechanisms.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await Ask($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", cancel).ConfigureAwait(false);
        }
        else if (mechanisms.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await Ask("AUTH LOGIN", cancel).ConfigureAwait(false);
            if (reply.Code == 334)
                reply = await Ask(Base64(user), cancel).ConfigureAwait(false);
            if (reply.Code == 334)
                reply = await Ask(Base64(password), cancel).ConfigureAwait(false);
        }
        else
        {
            return new SendResult.Rejected($"{settings.Host} offers no AUTH PLAIN or LOGIN "
                + $"(it offers: {Text.OneLine(string.Join(' ', mechanisms), 100)})");
        }
        return reply.Code == 235 ? null : Refused("AUTH", reply);
    }

    private async Task<SendResult> HandOver(
        string from, IReadOnlyList<string> to, IEnumerable<string> lines, CancellationToken cancel)
    {
        SmtpReply reply = await Ask($"MAIL FROM:<{from}>", cancel).ConfigureAwait(false);
        if (!reply.IsGood)
            return Refused("MAIL FROM", reply);
        var refused = new List<SmtpReply>();
        foreach (string recipient in to)
        {
            reply = await Ask($"RCPT TO:<{recipient}>", cancel).ConfigureAwait(false);
            if (!reply.IsGood)
                refused.Add(reply);
        }
        if (refused.Count == to.Count)
            return Refused("RCPT TO", refused.Find(r => r.Code < 500) ?? refused[0]);
        reply = await Ask("DATA", cancel).ConfigureAwait(false);
        if (reply.Code != 354)
            return Refused("DATA", reply);
        await WriteMessage(lines, cancel).ConfigureAwait(false);
        reply = await _replies.Read(cancel).ConfigureAwait(false);
        if (!reply.IsGood)
            return Refused("message", reply);
        await Quit(cancel).ConfigureAwait(false);
        return new SendResult.Sent(refused.Count == 0
            ? reply.ToString()
            : $"{reply}; {refused.Count} of {to.Count} recipients refused: {refused[0]}");
    }

    private async Task WriteMessage(IEnumerable<string> lines, CancellationToken cancel)
    {
        var message = new StringBuilder();
        foreach (string line in lines)
        {
            // A line of one dot ends the message, so every leading dot is doubled.
            if (line.StartsWith('.'))
                message.Append('.');
            message.Append(line).Append("\r\n");
        }
        message.Append(".\r\n");
        _handedOver = true;
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(message.ToString()), cancel).ConfigureAwait(false);
        await _stream.FlushAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The message is accepted by now; a server that does not say goodbye changes nothing.</summary>
    private async Task Quit(CancellationToken cancel)
    {
        try
        {
            await Ask("QUIT", cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
        }
    }

    private async Task<SmtpReply> Ask(string command, CancellationToken cancel)
    {
        if (command.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException("a command must be one line", nameof(command));
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancel).ConfigureAwait(false);
        await _stream.FlushAsync(cancel).ConfigureAwait(false);
        return await _replies.Read(cancel).ConfigureAwait(false);
    }

    private async Task Encrypt(CancellationToken cancel)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = settings.Host, CertificateChainPolicy = settings.Trust?.ChainPolicy() },
            cancel).ConfigureAwait(false);
        Use(tls);
    }

    private void Use(Stream stream) => (_stream, _replies) = (stream, new SmtpReplyReader(stream));

    private SendResult Refused(string step, SmtpReply reply)
    {
        _handedOver = false;
        string reason = $"{step} refused: {reply}";
        return reply.Code is >= 400 and < 500 ? new SendResult.RetryLater(reason) : new SendResult.Rejected(reason);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
