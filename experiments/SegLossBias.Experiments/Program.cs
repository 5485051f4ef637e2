using System.CommandLine;
using System.Text;
using Spectre.Console;

Console.OutputEncoding = Encoding.UTF8;
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 140;
}

MallocTuning.Use();
var command = ProgramCommands.Create();
var parsed = command.Parse(args);
try
{
    if (parsed.Errors.Count > 0)
    {
        throw UserError.Usage(parsed.Errors[0].Message);
    }

    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UserError error)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return error.ExitCode;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return UserError.Failed;
}
