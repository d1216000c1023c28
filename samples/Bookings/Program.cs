using Bookings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.AI;
using TocsinSdk;

var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["urls"] is null)
    builder.WebHost.UseUrls("http://127.0.0.1:5080");

// Tocsin, the first of three lines: watch the process, export its telemetry, say who we are.
builder.AddTocsin(tocsin => tocsin.ServiceName = "bookings");

builder.Services.AddSingleton(TimeProvider.System);
builder.AddBookings();
builder.Services.AddSingleton<GatewayMood>();
builder.Services.AddHttpClient<PaymentGateway>(ToOneself);
builder.Services.AddHttpClient<PretendedModel>(ToOneself);
builder.Services.AddTransient(s => s.GetRequiredService<PretendedModel>().UseTocsin());
builder.Services.AddHostedService<ConfirmationWorker>();
builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails =
    context => context.ProblemDetails.Extensions["runId"] = Tocsin.RunId);

var app = builder.Build();
app.UseTocsin();
app.UseExceptionHandler();
app.UseMiddleware<UserContext>();
app.MapBookings();
app.MapGateway();
app.MapConcierge();
app.MapFailures();
app.MapTocsin();
app.Run();

// The gateway and the language model are pretended in the same process, at whatever address the server has bound.
static void ToOneself(IServiceProvider services, HttpClient http)
{
    var bound = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
    http.BaseAddress = new Uri(bound.Addresses.First());
    http.Timeout = TimeSpan.FromSeconds(2);
}
