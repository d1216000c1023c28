using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TocsinSdk.Transport;

namespace TocsinSdk.Delivery;

/// <summary>What came of one request: a status, or the reason there is none.</summary>
internal readonly record struct Answer(int Status, string? Failure)
{
    public bool IsAccepted => Status is >= 200 and < 300;

    /// <summary>The server has decided about the record; sending it again cannot change anything.</summary>
    public bool IsFinal => IsAccepted || Status is 400 or 413 or 422;

    public override string ToString() => Failure ?? $"the server answered {Status}";
}

/// <summary>What came of one request for something.</summary>
/// <param name="Status">0 when there was no answer.</param>
/// <param name="Tag">The version of the body, as in ETag.</param>
/// <param name="Body">Empty when there is none, or when it was longer than allowed.</param>
internal readonly record struct Document(int Status, string? Tag, byte[] Body);

/// <summary>
/// One blocking HTTP/1.1 request on the calling thread. HttpClient.Send is no substitute: it opens connections on the
/// thread pool, which is what has failed when a hung process must report itself. No proxy, no redirect, no reuse.
/// </summary>
internal static class PlainHttp
{
    private const int MaxDocument = 256 << 10;

    public static Answer Post(Uri url, string? key, ReadOnlyMemory<byte> json, TimeSpan deadline)
    {
        var status = 0;
        var failure = Talk(url, deadline, stream => status = Exchange(stream, url, key, json));
        return new Answer(status, failure);
    }

    /// <param name="url">What is asked for.</param>
    /// <param name="key">Says who asks; null for nobody.</param>
    /// <param name="tag">The version already here; null for none.</param>
    /// <param name="deadline">How long it may take in all.</param>
    public static Document Get(Uri url, string? key, string? tag, TimeSpan deadline)
    {
        var document = new Document(0, null, []);
        Talk(url, deadline, stream =>
        {
            var head = Head("GET", url, key);
            if (tag is not null)
                head.Append("If-None-Match: ").Append(tag).Append("\r\n");
            stream.Write(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
            document = new HttpReply(stream, MaxDocument).Read().ToDocument();
        });
        return document;
    }

    /// <summary>Null when it went well, else what did not.</summary>
    private static string? Talk(Uri url, TimeSpan deadline, Action<Stream> exchange)
    {
        var started = Stopwatch.GetTimestamp();
        TimeSpan Left() => deadline - Stopwatch.GetElapsedTime(started);
        try
        {
            using var socket = Connect(url.IdnHost, url.Port, Left, out var failure);
            if (socket is null)
                return failure;
            using var stream = new Wire(socket, Left);
            if (url.Scheme == "http")
            {
                exchange(stream);
                return null;
            }
            using var secure = new SslStream(stream);
            secure.AuthenticateAsClient(url.IdnHost);
            exchange(secure);
            return null;
        }
        catch (Exception e) when (
            e is IOException or SocketException or AuthenticationException or InvalidOperationException)
        {
            return e.InnerException is SocketException inner ? Reason(inner.SocketErrorCode) : e.Message;
        }
    }

    internal static Socket? Connect(string host, int port, Func<TimeSpan> left, out string failure)
    {
        failure = "no address";
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : Dns.GetHostAddresses(host);
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                Blocking = false,
            };
            var error = Begin(socket, new IPEndPoint(address, port));
            if (error == SocketError.WouldBlock)
                error = Await(socket, left());
            if (error == SocketError.Success)
                return socket;
            socket.Dispose();
            failure = Reason(error);
        }
        return null;
    }

    // A blocking connect has no time-out: start it, then wait for the socket to become writable.
    private static SocketError Begin(Socket socket, IPEndPoint to)
    {
        try
        {
            socket.Connect(to);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.InProgress ? SocketError.WouldBlock : e.SocketErrorCode;
        }
    }

    private static SocketError Await(Socket socket, TimeSpan left) =>
        left > TimeSpan.Zero && socket.Poll(left, SelectMode.SelectWrite)
            ? (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!
            : SocketError.TimedOut;

    private static int Exchange(Stream stream, Uri url, string? key, ReadOnlyMemory<byte> json)
    {
        var head = Head("POST", url, key)
            .Append("Content-Type: application/json\r\nContent-Length: ").Append(json.Length).Append("\r\n\r\n");
        stream.Write(Encoding.ASCII.GetBytes(head.ToString()));
        stream.Write(json.Span);
        return ReadStatus(stream);
    }

    // Without the empty line that ends it.
    private static StringBuilder Head(string method, Uri url, string? key)
    {
        var head = new StringBuilder(256)
            .Append(method).Append(' ').Append(url.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(url.Authority)
            .Append("\r\nUser-Agent: Tocsin.Sdk\r\nConnection: close\r\n");
        if (key is not null)
            head.Append("Authorization: Bearer ").Append(key).Append("\r\n");
        return head;
    }

    // "HTTP/1.1 200": the status is all that matters, so the rest is not read.
    private static int ReadStatus(Stream stream)
    {
        Span<byte> line = stackalloc byte[12];
        stream.ReadExactly(line);
        if (line.StartsWith("HTTP/1."u8) && Utf8Parser.TryParse(line[9..], out int status, out var read) && read == 3)
            return status;
        throw new IOException("the answer is not HTTP");
    }

    private static string Reason(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut or SocketError.WouldBlock => "timed out",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "unreachable",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "host name not found",
        _ => error.ToString(),
    };

    /// <summary>A non-blocking socket as a blocking stream with one deadline for everything.</summary>
    internal sealed class Wire(Socket socket, Func<TimeSpan> left) : Stream
    {
        public override int Read(Span<byte> buffer)
        {
            while (true)
            {
                var read = socket.Receive(buffer, SocketFlags.None, out var error);
                if (error == SocketError.Success)
                    return read;
                Block(error, SelectMode.SelectRead);
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.Length > 0)
            {
                var sent = socket.Send(buffer, SocketFlags.None, out var error);
                if (error == SocketError.Success)
                    buffer = buffer[sent..];
                else
                    Block(error, SelectMode.SelectWrite);
            }
        }

        private void Block(SocketError error, SelectMode mode)
        {
            if (error != SocketError.WouldBlock)
                throw new SocketException((int)error);
            var rest = left();
            if (rest <= TimeSpan.Zero || !socket.Poll(rest, mode))
                throw new IOException("timed out", new SocketException((int)SocketError.TimedOut));
        }

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
