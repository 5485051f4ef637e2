global using CsCheck;
global using FluentAssertions;
global using TorchSharp;
global using SegLossBias.Tests.Support;
global using Xunit;
global using static TorchSharp.torch;
global using Reduction = TorchSharp.torch.nn.Reduction;
