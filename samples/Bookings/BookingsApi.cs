using System.Diagnostics.Metrics;
using TocsinSdk;

namespace Bookings;

/// <summary>What a guest asks for.</summary>
internal sealed record BookingRequest(string Guest, DateOnly Night, decimal Price);

/// <summary>Make a booking, pay for it, look at it.</summary>
internal static class BookingsApi
{
    // Named after the application, so Tocsin exports it without being told.
    private static readonly Meter s_meter = new("Bookings");
    private static readonly Counter<int> s_made = s_meter.CreateCounter<int>("bookings.made");

    public static void MapBookings(this WebApplication app)
    {
        app.MapGet("/bookings", (BookingStore store) => store.All);
        app.MapGet("/bookings/{id:int}", (int id, BookingStore store) =>
            store.Find(id) is { } booking ? Results.Ok(booking) : Results.NotFound());
        app.MapPost("/bookings", Make);
        app.MapPost("/bookings/{id:int}/payment", Pay);
    }

    private static IResult Make(BookingRequest request, BookingStore store, ILogger<BookingStore> log)
    {
        if (string.IsNullOrWhiteSpace(request.Guest) || request.Price <= 0)
            return Results.Problem("a guest's name and a price above 0 are needed", statusCode: 400);
        var booking = store.Add(request.Guest, request.Night, request.Price);
        s_made.Add(1);
        Tocsin.AddBreadcrumb("booking", $"booking {booking.Id} made");
        log.LogInformation("Booking {BookingId} made for {Night}", booking.Id, booking.Night);
        return Results.Created($"/bookings/{booking.Id}", booking);
    }

    private static async Task<IResult> Pay(
        int id, BookingStore store, PaymentGateway gateway, ILogger<PaymentGateway> log, CancellationToken cancel)
    {
        if (store.Find(id) is not { State: BookingState.Requested } booking)
            return Results.NotFound();
        Tocsin.AddBreadcrumb("payment", $"charging booking {id}");
        var outcome = await gateway.Charge(booking, cancel);
        if (outcome == PaymentOutcome.Paid && store.Move(booking, BookingState.Paid))
            return Results.Ok(store.Find(id));
        log.LogWarning("Payment for booking {BookingId} failed: {Outcome}", id, outcome);
        return Results.Problem($"payment {outcome}", statusCode: outcome == PaymentOutcome.Declined ? 402 : 503);
    }
}
