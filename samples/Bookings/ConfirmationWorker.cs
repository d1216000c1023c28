using System.Diagnostics;
using TocsinSdk;

namespace Bookings;

/// <summary>Confirms what has been paid, once a second.</summary>
internal sealed class ConfirmationWorker(BookingStore store, TimeProvider clock, ILogger<ConfirmationWorker> log)
    : BackgroundService
{
    private static readonly ActivitySource s_source = new("Bookings");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var booking in store.All.Where(b => b.State == BookingState.Paid).ToList())
                Confirm(booking);
    }

    private void Confirm(Booking booking)
    {
        using var activity = s_source.StartActivity("confirm booking");
        activity?.SetTag("booking.id", booking.Id);
        if (!store.Move(booking, BookingState.Confirmed))
            return;
        Tocsin.AddBreadcrumb("booking", $"booking {booking.Id} confirmed");
        log.LogInformation("Booking {BookingId} confirmed", booking.Id);
    }
}
