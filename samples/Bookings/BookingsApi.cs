using System.Diagnostics.Metrics;
using TocsinSdk;

namespace Bookings;

/// <summary>What a guest asks for.</summary>
internal sealed record BookingRequest(string Guest, DateOnly Night, decimal Price);

/// <summary>Make a booking, pay for it, cancel it, look at it.</summary>
internal static class BookingsApi
{
    // Named after the application, so Tocsin exports it without being told.
    private static readonly Meter s_meter = new("Bookings");
    private static readonly Counter<int> s_made = s_meter.CreateCounter<int>("bookings.made");

    public static void MapBookings(this WebApplication app)
    {
        app.MapGet("/bookings", (IBookings bookings, CancellationToken cancel) => bookings.All(cancel));
        app.MapGet("/bookings/{id:int}", async (int id, IBookings bookings, CancellationToken cancel) =>
            await bookings.Find(id, cancel) is { } booking ? Results.Ok(booking) : Results.NotFound());
        app.MapPost("/bookings", Make);
        app.MapPost("/bookings/{id:int}/payment", Pay);
        app.MapPost("/bookings/{id:int}/cancellation", Cancel);
    }

    private static async Task<IResult> Make(
        BookingRequest request, IBookings bookings, ILogger<IBookings> log, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Guest) || request.Price <= 0)
            return Results.Problem("a guest's name and a price above 0 are needed", statusCode: 400);
        using var making = Tocsin.Track("make booking");
        var booking = await bookings.Add(request.Guest, request.Night, request.Price, cancel);
        s_made.Add(1);
        Tocsin.AddBreadcrumb("booking", $"booking {booking.Id} made");
        log.LogInformation("Booking {BookingId} made for {Night}", booking.Id, booking.Night);
        return Results.Created($"/bookings/{booking.Id}", booking);
    }

    private static async Task<IResult> Pay(
        int id, IBookings bookings, PaymentGateway gateway, ILogger<PaymentGateway> log, CancellationToken cancel)
    {
        if (await bookings.Find(id, cancel) is not { State: BookingState.Requested } booking)
            return Results.NotFound();
        Tocsin.AddBreadcrumb("payment", $"charging booking {id}");
        using var paying = Tocsin.Track("pay booking", threshold: TimeSpan.FromSeconds(1));
        var outcome = await gateway.Charge(booking, cancel);
        if (outcome == PaymentOutcome.Paid && await bookings.Move(booking, BookingState.Paid, cancel))
            return Results.Ok(await bookings.Find(id, cancel));
        log.LogWarning("Payment for booking {BookingId} failed: {Outcome}", id, outcome);
        return Results.Problem($"payment {outcome}", statusCode: outcome == PaymentOutcome.Declined ? 402 : 503);
    }

    // Who cancelled what is kept in security.log, and so is who tried without a name.
    private static async Task<IResult> Cancel(
        int id, HttpContext context, IBookings bookings, ILoggerFactory loggers, CancellationToken cancel)
    {
        if (context.Request.Headers["X-User-Id"].ToString() is not { Length: > 0 } user)
        {
            var address = context.Connection.RemoteIpAddress?.ToString();
            loggers.CreateSecurityLogger().AccessDenied(address, username: null, $"booking {id}");
            return Results.Problem("say who you are in X-User-Id", statusCode: 401);
        }
        if (await bookings.Find(id, cancel) is not { State: not BookingState.Cancelled } booking
            || !await bookings.Move(booking, BookingState.Cancelled, cancel))
            return Results.NotFound();
        loggers.CreateAuditLogger().Audit(user, "cancelled", $"booking {id}");
        return Results.Ok(await bookings.Find(id, cancel));
    }
}
