using System.Collections.Concurrent;

namespace Bookings;

/// <summary>Where a booking stands.</summary>
internal enum BookingState { Requested, Paid, Confirmed, Cancelled }

/// <summary>One reserved night for one guest.</summary>
internal sealed record Booking(int Id, string Guest, DateOnly Night, decimal Price)
{
    public BookingState State { get; init; }
}

/// <summary>Where bookings are kept.</summary>
internal interface IBookings
{
    Task<IReadOnlyList<Booking>> All(CancellationToken cancel);

    Task<Booking?> Find(int id, CancellationToken cancel);

    Task<Booking> Add(string guest, DateOnly night, decimal price, CancellationToken cancel);

    /// <summary>False when the booking has changed since it was read.</summary>
    Task<bool> Move(Booking booking, BookingState to, CancellationToken cancel);
}

/// <summary>All bookings in memory, for a start without a database.</summary>
internal sealed class MemoryBookings : IBookings
{
    /// <summary>A sample must not grow for ever; the oldest booking makes room.</summary>
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<int, Booking> _bookings = new();
    private int _lastId;

    public Task<IReadOnlyList<Booking>> All(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Booking>>([.. _bookings.Values.OrderBy(b => b.Id)]);

    public Task<Booking?> Find(int id, CancellationToken cancel) => Task.FromResult(_bookings.GetValueOrDefault(id));

    public Task<Booking> Add(string guest, DateOnly night, decimal price, CancellationToken cancel)
    {
        var booking = new Booking(Interlocked.Increment(ref _lastId), guest, night, price);
        _bookings[booking.Id] = booking;
        _bookings.TryRemove(booking.Id - Capacity, out _);
        return Task.FromResult(booking);
    }

    public Task<bool> Move(Booking booking, BookingState to, CancellationToken cancel) =>
        Task.FromResult(_bookings.TryUpdate(booking.Id, booking with { State = to }, booking));
}
