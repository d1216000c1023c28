using System.Collections.Concurrent;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Spool;

/// <summary>
/// Brings crash records to the server: first to disk, then at once over the wire, and what did not arrive again and
/// again for as long as the supervisor lives. What is still there at its end waits for the next start.
/// </summary>
internal sealed class CrashCourier(CrashSpool spool, CrashDelivery delivery) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, bool> _inHand = new(); // file names being sent right now
    private readonly AutoResetEvent _wake = new(false);
    private readonly TaskCompletionSource _firstRound = new();
    private volatile bool _stopped;

    /// <summary>Starts the retries. The first round, for leftovers of earlier runs, comes at once.</summary>
    public void StartRetries() => new Thread(Retry) { IsBackground = true, Name = "courier" }.Start();

    public void WaitForFirstRound() => _firstRound.Task.Wait();

    /// <summary>Stores and sends one record. Any thread; returns after one attempt.</summary>
    public DeliveryResult Deliver(CrashRecord record)
    {
        var json = System.Text.Encoding.UTF8.GetBytes(CrashJson.Write(record));
        var path = spool.Write(record, json);
        if (path is null)
        {
            return delivery.Send(json);
        }

        var result = SendFile(path, json);
        if (result.State == DeliveryState.Later)
        {
            _wake.Set();
        }

        return result;
    }

    /// <summary>
    /// Sends everything that waits; stops at the first sign that the server is away. Returns how many were sent and how
    /// many wait.
    /// </summary>
    public (int Sent, int Waiting, string Reason) Flush()
    {
        var sent = 0;
        foreach (var file in spool.Waiting())
        {
            if (_inHand.ContainsKey(file.FullName) || spool.Read(file) is not { } json)
            {
                continue;
            }

            var result = SendFile(file.FullName, json);
            if (result.State == DeliveryState.Later)
            {
                return (sent, spool.Waiting().Count, result.Reason);
            }

            sent += result.State == DeliveryState.Delivered ? 1 : 0;
        }

        return (sent, 0, "");
    }

    public void Dispose()
    {
        _stopped = true;
        _wake.Set();
    }

    private DeliveryResult SendFile(string path, byte[] json)
    {
        _inHand[path] = true;
        try
        {
            var result = delivery.Send(json);
            if (result.State == DeliveryState.Delivered)
            {
                spool.Remove(path);
            }
            else if (result.State == DeliveryState.Refused)
            {
                spool.SetAside(path);
            }

            return result;
        }
        finally
        {
            _inHand.TryRemove(path, out _);
        }
    }

    private void Retry()
    {
        var delay = FirstRetry;
        while (!_stopped)
        {
            var waiting = FlushUnlessStopped();
            _firstRound.TrySetResult();
            _wake.WaitOne(waiting == 0 ? Timeout.InfiniteTimeSpan : delay);
            delay = waiting == 0 ? FirstRetry : TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestRetry.Ticks));
        }
    }

    private int FlushUnlessStopped()
    {
        try
        {
            return Flush().Waiting;
        }
        catch (ObjectDisposedException)
        {
            return 0; // the supervisor is on its way out
        }
    }
}
