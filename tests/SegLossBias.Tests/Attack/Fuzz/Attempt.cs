namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>What must come of a call.</summary>
internal enum Expected
{
    /// <summary>The right value.</summary>
    Value,

    /// <summary>An exception of a documented kind.</summary>
    Refusal,

    /// <summary>Either; a value must be right all the same.</summary>
    Either,
}

/// <summary>One case: calls into the library with an input that may be hostile. Nothing is called before <see cref="Run"/>.</summary>
/// <param name="Input">What is called with what, on one line.</param>
/// <param name="Expected">What must come of it.</param>
/// <param name="Run">Makes the input, calls the library through <see cref="Library"/> and compares; throws <see cref="WrongException"/>.</param>
internal sealed record Attempt(string Input, Expected Expected, Action Run)
{
    /// <summary>What is wrong with what came; null when nothing is.</summary>
    internal string? Problem()
    {
        var before = Contract.LiveHandles.Count;
        var problem = ProblemOfTheCall();
        var left = Contract.LiveHandles.Count - before;
        return problem ?? (left == 0 ? null : $"expected no tensor left, {left} are left");
    }

    private string? ProblemOfTheCall()
    {
        try
        {
            using var scope = NewDisposeScope();
            Run();
            return Expected == Expected.Refusal ? "expected a refusal, a value came" : null;
        }
        catch (WrongException exception)
        {
            return exception.Message;
        }
        catch (RefusedException exception)
        {
            var reason = exception.InnerException!;
            return Refusal.Problem(reason) ?? (Expected == Expected.Value ? $"expected a value, came {reason.GetType().Name}: {Refusal.OnOneLine(reason.Message)}" : null);
        }
        catch (Exception exception)
        {
            return $"expected the attack itself to work, came {Refusal.OnOneLine(exception.ToString())}";
        }
    }
}

/// <summary>A value came that is not the right one, or a tensor is left.</summary>
internal sealed class WrongException(string message) : Exception(message);

/// <summary>The library threw.</summary>
internal sealed class RefusedException(Exception reason) : Exception(reason.Message, reason);

/// <summary>What a user's own code throws inside a call; it must come out as it is.</summary>
internal sealed class UserException() : Exception("the user's code has failed on purpose");
