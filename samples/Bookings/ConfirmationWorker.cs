using System.Data.Common;
using System.Diagnostics;
using TocsinSdk;

namespace Bookings;

/// <summary>Confirms what has been paid, once a second.</summary>
internal sealed class ConfirmationWorker(IBookings bookings, TimeProvider clock, ILogger<ConfirmationWorker> log)
    : BackgroundService
{
    /// <summary>Of the heartbeat that its health check waits for.</summary>
    public const string Name = "confirmations";

    private static readonly ActivitySource s_source = new("Bookings");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Tocsin.Heartbeat(Name);
            try
            {
                foreach (var booking in (await bookings.All(stoppingToken)).Where(b => b.State == BookingState.Paid))
                    await Confirm(booking, stoppingToken);
            }
            catch (DbException e)
            {
                log.LogWarning(e, "No confirmations while the database is away");
            }
        }
    }

    private async Task Confirm(Booking booking, CancellationToken cancel)
    {
        using var activity = s_source.StartActivity("confirm booking");
        activity?.SetTag("booking.id", booking.Id);
        if (!await bookings.Move(booking, BookingState.Confirmed, cancel))
            return;
        Tocsin.AddBreadcrumb("booking", $"booking {booking.Id} confirmed");
        log.LogInformation("Booking {BookingId} confirmed", booking.Id);
    }
}
