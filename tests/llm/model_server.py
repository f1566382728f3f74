"""Serves a model's file on loopback by llama.cpp's own OpenAI-compatible server, until it is killed."""

import sys
import threading

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"small"}
params.port = int(sys.argv[2])
# Two requests at once, on one thread: more are slower where other processes are at work.
params.cpuparams.n_threads = 1
params.n_parallel = 2
params.n_ctx = 2 * 4096
server = xllamacpp.Server(params)
print("listening on", server.listening_address, flush=True)
threading.Event().wait()
