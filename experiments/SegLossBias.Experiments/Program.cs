using System.CommandLine;
using System.Runtime.InteropServices;
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
    Say(error.Message);
    return error.ExitCode;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Say(error.Message);
    return UserError.Failed;
}
catch (Exception error) when (error is ExternalException or OutOfMemoryException)
{
    Say($"libtorch or the system gave up: {error.Message.Split('\n')[0]}; if memory ran out, smaller values of --size, --batch or --widths need less");
    return UserError.Failed;
}
catch (Exception error)
{
    Console.Error.WriteLine($"error: a fault of this program, please report it with the command and these lines:\n{error}");
    return UserError.Failed;
}

// One line, also where a value that it names has several.
static void Say(string message) => Console.Error.WriteLine($"error: {message.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}");
