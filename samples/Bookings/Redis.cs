using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Bookings;

/// <summary>As much of Redis's protocol as the sample needs: one command, one answer, over one kept connection.</summary>
internal sealed class Redis(string host, int port) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private TcpClient? _connection;

    /// <summary>The answer as text; null when there is none. Any thread.</summary>
    /// <exception cref="IOException">Redis refused the command or went away.</exception>
    /// <exception cref="SocketException">Redis cannot be reached.</exception>
    public async Task<string?> Send(string[] command, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            _connection ??= await Connect(cancel);
            var stream = _connection.GetStream();
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
            foreach (var part in command)
                text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel);
            return await Answer(stream, cancel);
        }
        catch
        {
            // Half an answer may be waiting in it.
            _connection?.Dispose();
            _connection = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _turn.Dispose();
    }

    private async Task<TcpClient> Connect(CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, port, cancel);
        return client;
    }

    private static async Task<string?> Answer(NetworkStream stream, CancellationToken cancel)
    {
        var line = await Line(stream, cancel);
        if (line[0] == '-')
            throw new IOException("Redis: " + line[1..]);
        if (line[0] != '$')
            return line[1..];
        var length = int.Parse(line[1..], CultureInfo.InvariantCulture);
        if (length < 0)
            return null;
        var bytes = new byte[length + 2];
        await stream.ReadExactlyAsync(bytes, cancel);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static async Task<string> Line(NetworkStream stream, CancellationToken cancel)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one, cancel);
            if (one[0] == '\n' && line.Length > 1)
                return line.ToString(0, line.Length - 1);
            line.Append((char)one[0]);
        }
    }
}
