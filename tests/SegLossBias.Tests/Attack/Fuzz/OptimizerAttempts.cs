using TorchSharp.Modules;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Optimizers with settings at their limits, parameters that are none and states that do not fit, against the formulas in plain numbers.</summary>
internal static class OptimizerAttempts
{
    /// <summary>What the moments or the steps can take over all the same, and what nothing is promised of.</summary>
    private static readonly string[] Tolerated = ["", "state integers", "parameter disposed later"];

    private static readonly string[] Faults = ["", "", "", "no parameter", "null list", "null parameter", "disposed parameter", "parameter disposed later", "disposed optimizer", "state without steps", "null state", "state of another shape", "state null", "state disposed", "state on META", "state sparse", "state complex", "state quantised", "state integers"];

    internal static Attempt Make(Draw draw)
    {
        var (isAdam, fault, isHostile) = (draw.OneIn(2), draw.One(Faults), draw.OneIn(3));
        double Setting(double first, double second) => isHostile && draw.OneIn(2) ? draw.HostileNumber() : draw.One([first, second]);
        double[] settings = [Setting(0.1, 1e-3), Setting(0, 0.01), Setting(0.9, 0), Setting(0.99, 0.999), Setting(1e-8, 1e-3)];
        var (flag, steps, size) = (draw.OneIn(2), draw.Int(fault.Length == 0 ? 1 : 2, 4), draw.Int(1, 5)); // Faults come with the second step.
        double[] slopes = [.. Enumerable.Range(0, size * steps).Select(_ => draw.Int(-20, 20) / 10.0)];
        var expected = !Tolerated.Contains(fault) ? Expected.Refusal : isHostile || fault == "parameter disposed later" ? Expected.Either : Expected.Value;
        return new($"{(isAdam ? "Adam" : "SGD")} {flag} [{string.Join(", ", settings)}], {steps} steps of {size} numbers, {fault}", expected, () =>
        {
            using var parameter = new Parameter(ones(size, ScalarType.Float64, CPU));
            using var optimizer = Library.Value<SafeOptimizer>(() => isAdam
                ? new SafeAdam(Parameters(parameter, fault), settings[0]) { WeightDecay = settings[1], Beta1 = settings[2], Beta2 = settings[3], Epsilon = settings[4], DecouplesDecay = flag }
                : new SafeSgd(Parameters(parameter, fault), settings[0]) { WeightDecay = settings[1], Momentum = settings[2], IsNesterov = flag });
            for (var step = 0; step < steps; step++)
            {
                Step(optimizer, parameter, slopes[(step * size)..((step + 1) * size)], step == 1 ? fault : "");
            }

            if (fault.Length == 0 && settings.All(number => number is 0 or (> 1e-9 and < 1)))
            {
                var plain = Enumerable.Range(0, size).Select(i => Plain(isAdam, flag, settings, [.. Enumerable.Range(0, steps).Select(step => slopes[(step * size) + i])])).ToArray();
                Library.EnsureClose(Evaluation.Numbers(parameter), plain, Tolerance.Of(ScalarType.Float64), "the parameter of the formulas");
            }
        });
    }

    private static IEnumerable<Parameter> Parameters(Parameter parameter, string fault) => fault switch
    {
        "no parameter" => [],
        "null list" => null!,
        "null parameter" => [parameter, null!],
        "disposed parameter" => [parameter, Disposed()],
        _ => [parameter],
    };

    private static Parameter Disposed()
    {
        var gone = new Parameter(ones(2, ScalarType.Float64, CPU));
        gone.Dispose();
        return gone;
    }

    private static void Step(SafeOptimizer optimizer, Parameter parameter, double[] slopes, string fault)
    {
        Library.Call(optimizer.ZeroGradients);
        parameter.mul(tensor(slopes, device: CPU)).sum().backward();
        if (fault == "parameter disposed later")
        {
            parameter.Dispose();
        }
        else if (fault == "disposed optimizer")
        {
            optimizer.Dispose();
        }

        // The first step makes the moments, which stay.
        Library.Held<object?>(() =>
        {
            optimizer.Step();
            return null;
        });
        if (fault.Contains("state", StringComparison.Ordinal))
        {
            var before = Numbers(optimizer);
            var state = optimizer.State().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
            state = fault == "null state" ? null! : Broken(state, fault);
            try
            {
                Library.Call(() => optimizer.Restore(state));
            }
            catch (RefusedException)
            {
                EnsureState(optimizer, before, "before a state was refused");
                throw;
            }

            EnsureState(optimizer, state.ToDictionary(entry => entry.Key, entry => Evaluation.Numbers(entry.Value)), "of the state that was taken over");
        }
    }

    private static Dictionary<string, double[]> Numbers(SafeOptimizer optimizer) => optimizer.State().ToDictionary(entry => entry.Key, entry => Evaluation.Numbers(entry.Value));

    private static void EnsureState(SafeOptimizer optimizer, Dictionary<string, double[]> expected, string when)
    {
        var state = Numbers(optimizer);
        Library.Ensure(state.Keys.SequenceEqual(expected.Keys), $"expected the names {string.Join(", ", expected.Keys)}, came {string.Join(", ", state.Keys)}");
        foreach (var (name, numbers) in state)
        {
            Library.EnsureClose(numbers, expected[name], 0, $"{name} {when}");
        }
    }

    private static Dictionary<string, Tensor> Broken(Dictionary<string, Tensor> state, string fault)
    {
        var last = state.Keys.Last();
        if (fault == "state without steps")
        {
            using var steps = state["steps"];
            state.Remove("steps");
            return state;
        }

        state[last] = fault switch
        {
            "state of another shape" => cat([state[last], state[last]]),
            "state null" => null!,
            "state on META" => state[last].to(META),
            "state sparse" => state[last].to_sparse(),
            "state complex" => state[last].to(ScalarType.ComplexFloat64),
            "state quantised" => quantize_per_tensor(state[last].to(ScalarType.Float32), 0.5, 0, ScalarType.QInt8),
            "state integers" => state[last].to(ScalarType.Int32),
            _ => state[last],
        };
        if (fault == "state disposed")
        {
            state[last].Dispose();
        }

        return state;
    }

    private static double Plain(bool isAdam, bool flag, double[] settings, double[] slopes)
    {
        var (w, first, second) = (1.0, 0.0, 0.0);
        var (rate, decay, beta1, beta2, epsilon) = (settings[0], settings[1], settings[2], settings[3], settings[4]);
        for (var step = 0; step < slopes.Length; step++)
        {
            var decouples = isAdam && flag;
            var gradient = slopes[step] + (decouples ? 0 : decay * w);
            w *= decouples ? 1 - (rate * decay) : 1;
            if (!isAdam)
            {
                first = (beta1 * first) + gradient;
                w -= rate * (flag && beta1 > 0 ? gradient + (beta1 * first) : first);
                continue;
            }

            (first, second) = ((beta1 * first) + ((1 - beta1) * gradient), (beta2 * second) + ((1 - beta2) * gradient * gradient));
            w -= rate * first / (1 - Math.Pow(beta1, step + 1)) / (Math.Sqrt(second / (1 - Math.Pow(beta2, step + 1))) + epsilon);
        }

        return w;
    }
}
