var builder = WebApplication.CreateBuilder(args);
builder.AddTocsin();
builder.Services.AddProblemDetails();

var app = builder.Build();
app.UseTocsin();
app.UseExceptionHandler();
app.MapTocsin();

app.MapGet("/greetings/{name}", (string name, ILogger<Program> log) =>
{
    log.LogInformation("Greeting {Name}", name);
    return new { greeting = $"Hello, {name}" };
});

app.Run();
