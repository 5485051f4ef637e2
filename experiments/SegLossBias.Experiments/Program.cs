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
    Console.Error.WriteLine($"error: {error.Message}");
    return error.ExitCode;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {error.Message}");
    return UserError.Failed;
}
catch (Exception error) when (error is ExternalException or OutOfMemoryException)
{
    Console.Error.WriteLine($"error: libtorch or the system gave up: {error.Message.Split('\n')[0]}; if memory ran out, smaller values of --size, --batch or --widths need less");
    return UserError.Failed;
}
catch (Exception error)
{
    Console.Error.WriteLine($"error: a fault of this program, please report it with the command and these lines:\n{error}");
    return UserError.Failed;
}
