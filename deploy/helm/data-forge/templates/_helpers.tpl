{{- define "data-forge.name" -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "data-forge.selector" -}}
app.kubernetes.io/name: data-forge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "data-forge.labels" -}}
{{ include "data-forge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "data-forge.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "data-forge.secret" -}}
{{ .Values.secrets.existingSecret | default (include "data-forge.name" .) }}
{{- end -}}

{{/* The settings of server and workers alike. */}}
{{- define "data-forge.settings" -}}
{{- $gateway := .Values.settings.gateway -}}
DATA_FORGE_MAX_CONCURRENCY: {{ $gateway.maxConcurrency | int64 | quote }}
{{- with .Values.settings.storageUrl }}
DATA_FORGE_STORAGE_URL: {{ . | quote }}
{{- end }}
{{- with $gateway.url }}
DATA_FORGE_GATEWAY_URL: {{ . | quote }}
{{- end }}
{{- with $gateway.model }}
DATA_FORGE_MODEL: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.settings.extra }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* The secrets of server and workers alike. */}}
{{- define "data-forge.keys" -}}
{{- $secrets := .Values.secrets -}}
{{- if eq .Values.mode "engines" -}}
DATA_FORGE_DATABASE_URL: {{ required "secrets.databaseUrl is empty: mongodb://… (or name a Secret in secrets.existingSecret)" $secrets.databaseUrl | quote }}
{{- end }}
{{- with $secrets.gatewayApiKey }}
DATA_FORGE_GATEWAY_API_KEY: {{ . | quote }}
{{- end }}
{{- with $secrets.awsAccessKeyId }}
AWS_ACCESS_KEY_ID: {{ . | quote }}
AWS_SECRET_ACCESS_KEY: {{ required "secrets.awsSecretAccessKey is empty" $secrets.awsSecretAccessKey | quote }}
{{- end }}
{{- end -}}

{{- define "data-forge.workerSecret" -}}
{{- if .Values.secrets.existingSecret -}}
{{ .Values.secrets.existingWorkerSecret | default .Values.secrets.existingSecret }}
{{- else -}}
{{ include "data-forge.name" . }}-worker
{{- end -}}
{{- end -}}
