using System.Collections.Concurrent;

namespace Bookings;

/// <summary>Where a booking stands.</summary>
internal enum BookingState { Requested, Paid, Confirmed }

/// <summary>One reserved night for one guest.</summary>
internal sealed record Booking(int Id, string Guest, DateOnly Night, decimal Price)
{
    public BookingState State { get; init; }
}

/// <summary>All bookings, in memory.</summary>
internal sealed class BookingStore
{
    /// <summary>A sample must not grow for ever; the oldest booking makes room.</summary>
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<int, Booking> _bookings = new();
    private int _lastId;

    public IEnumerable<Booking> All => _bookings.Values.OrderBy(b => b.Id);

    public Booking? Find(int id) => _bookings.GetValueOrDefault(id);

    public Booking Add(string guest, DateOnly night, decimal price)
    {
        var booking = new Booking(Interlocked.Increment(ref _lastId), guest, night, price);
        _bookings[booking.Id] = booking;
        _bookings.TryRemove(booking.Id - Capacity, out _);
        return booking;
    }

    /// <summary>False when the booking has changed since it was read.</summary>
    public bool Move(Booking booking, BookingState to) =>
        _bookings.TryUpdate(booking.Id, booking with { State = to }, booking);
}
