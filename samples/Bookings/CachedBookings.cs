using System.Text.Json;
using TocsinSdk;

namespace Bookings;

/// <summary>Keeps bookings that were looked at in Redis for a minute; a Redis that is away costs speed only.</summary>
internal sealed class CachedBookings(IBookings bookings, Redis redis, ILogger<CachedBookings> log) : IBookings
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);

    public Task<IReadOnlyList<Booking>> All(CancellationToken cancel) => bookings.All(cancel);

    public async Task<Booking?> Find(int id, CancellationToken cancel)
    {
        if (await Ask(["GET", Key(id)], cancel) is { } known)
        {
            Tocsin.Cache("bookings").Hit();
            return JsonSerializer.Deserialize<Booking>(known);
        }
        Tocsin.Cache("bookings").Miss();
        if (await bookings.Find(id, cancel) is not { } booking)
            return null;
        var seconds = s_fresh.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        await Ask(["SET", Key(id), JsonSerializer.Serialize(booking), "EX", seconds], cancel);
        return booking;
    }

    public Task<Booking> Add(string guest, DateOnly night, decimal price, CancellationToken cancel) =>
        bookings.Add(guest, night, price, cancel);

    public async Task<bool> Move(Booking booking, BookingState to, CancellationToken cancel)
    {
        var moved = await bookings.Move(booking, to, cancel);
        await Ask(["DEL", Key(booking.Id)], cancel);
        return moved;
    }

    private static string Key(int id) => $"booking:{id}";

    private async Task<string?> Ask(string[] command, CancellationToken cancel)
    {
        try
        {
            return await redis.Send(command, cancel);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            log.LogWarning("Redis is away: {Reason}", e.Message);
            return null;
        }
    }
}
